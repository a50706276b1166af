/**
 * Gathers sounds that are not cries from games, drawing and language programs of Debian, to learn from:
 *
 *     node dist/scripts/debian-sounds.js OUT
 *
 * makes OUT a folder for `deepinfant train --more`: pieces of five seconds at most and a manifest.csv. On Debian, with
 * ffmpeg and unzip; about 5 GB are downloaded. What is there already is not gathered again. Nobody listened to the
 * pieces: `deepinfant teach` says in which a teacher hears crying, and training leaves those out.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { listRecordings } from '../src/audio/recording-list.js';
import { readRecording } from '../src/audio/recording.js';
import { formatCsv, readCsv, type CsvRow } from '../src/files/csv.js';
import { inOrder } from '../src/in-order.js';
import { concat } from '../src/concat.js';
import { Random } from '../src/maths/random.js';
import { sha256 } from '../src/model/weights.js';
import { SAMPLE_RATE } from '../src/values.js';
import { writeWav } from '../test/audio/wav-writer.js';

/** Packages of Debian 12's main section, and the minutes to take from each at most. */
const PACKAGES = {
  'tuxpaint-stamps-default': 35,
  'ktuberling-data': 25,
  '0ad-data': 25,
  'hedgewars-data': 25,
  'megaglest-data': 25,
  'widelands-data': 25,
  'supertuxkart-data': 25,
  'wesnoth-1.16-data': 25,
  'wesnoth-1.16-music': 12,
  'hydrogen-drumkits-effects': 12,
  'freedroidrpg-data': 25,
  'supertux-data': 8,
  'colobot-common-sounds': 25,
  'unknown-horizons': 25,
  'openarena-data': 25,
  'extremetuxracer-data': 25,
  'torcs-data': 25,
  'trigger-rally-data': 25,
  'xmoto-data': 25,
  'asc-music': 3,
  'pingus-data': 25,
  kanagram: 25,
};
const COLUMNS = ['path', 'label', 'split_group', 'source', 'attribution', 'licence'] as const;
type Row = CsvRow<(typeof COLUMNS)[number]>;

const AT_ONCE = 3;
const PIECE_S = 5;
const LEAST_S = 0.15;
/** From a long recording up to so many pieces, one every so many seconds. */
const PIECES = 4;
const APART_S = 8;
const LEAST_PEAK = 1e-3;

async function main(out: string): Promise<void> {
  await mkdir(out, { recursive: true });
  const rows: Row[] = [];
  const gathered = inOrder(Object.entries(PACKAGES), AT_ONCE, ([name, minutes]) =>
    gather(name, minutes, out),
  );
  for await (const added of gathered) rows.push(...added);
  await writeFile(path.join(out, 'manifest.csv'), formatCsv(COLUMNS, rows));
}

/** @returns the rows of a package's pieces */
async function gather(name: string, minutes: number, out: string): Promise<Row[]> {
  const table = path.join(out, name, 'rows.csv');
  if (!existsSync(table)) {
    const work = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-sounds-'));
    try {
      const version = unpack(name, work);
      await writeFile(table, formatCsv(COLUMNS, await cut(name, version, minutes * 60, work, out)));
    } finally {
      await rm(work, { recursive: true });
    }
  }
  const rows = await readCsv(table, COLUMNS);
  console.log(`${name}: ${rows.length} pieces`);
  return rows;
}

/** Downloads a package and unpacks it, and the archives of sounds in it. @returns its version */
function unpack(name: string, folder: string): string {
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  run('apt-get', 'download', name);
  const [file] = run('sh', '-c', 'ls *.deb').trim().split('\n');
  run('dpkg-deb', '--extract', file, 'files');
  const version = run('dpkg-deb', '--field', file, 'Version').trim();
  for (const archive of run('find', 'files', '-name', '*.zip', '-o', '-name', '*.pk3')
    .split('\n')
    .filter(Boolean))
    run('unzip', '-q', '-o', archive, '-d', `${archive}.d`, '-x', '*.png', '*.jpg', '*.tga');
  return version;
}

/** Cuts pieces from a package's recordings in random order. @returns their rows of the manifest */
async function cut(name: string, version: string, mostS: number, work: string, out: string): Promise<Row[]> {
  const random = new Random(1);
  const files = (await listRecordings([path.join(work, 'files')]).catch((): string[] => []))
    .map(file => ({ file, at: random.uniform() }))
    .sort((a, b) => a.at - b.at);
  await mkdir(path.join(out, name), { recursive: true });
  const rows: Row[] = [];
  const known = new Set<string>();
  let heardS = 0;
  for (const { file } of files) {
    if (heardS > mostS) break;
    const samples = await samplesOf(file);
    if (!samples) continue;
    const lengthS = samples.length / SAMPLE_RATE;
    const pieces = Math.max(1, Math.min(PIECES, Math.floor(lengthS / APART_S)));
    for (let i = 0; i < pieces; i++) {
      const first =
        pieces === 1 ? 0 : Math.floor(((samples.length - PIECE_S * SAMPLE_RATE) * i) / (pieces - 1));
      const piece = samples.subarray(first, first + PIECE_S * SAMPLE_RATE);
      const isHeard = piece.some(x => Math.abs(x) >= LEAST_PEAK);
      const wav = writeWav(piece, { rate: SAMPLE_RATE });
      const digest = sha256(wav);
      if (piece.length < LEAST_S * SAMPLE_RATE || !isHeard || known.has(digest)) continue;
      known.add(digest);
      const target = path.join(name, `${rows.length}.wav`);
      await writeFile(path.join(out, target), wav);
      const group = `${name}/${path.relative(path.join(work, 'files'), file)}`;
      const attribution = `Debian package ${name} ${version}: authors in its copyright file`;
      rows.push({
        path: target,
        label: 'other',
        split_group: group,
        source: name,
        attribution,
        licence: 'free by the DFSG',
      });
      heardS += piece.length / SAMPLE_RATE;
    }
  }
  return rows;
}

/** 16 kHz mono; undefined for what turns out not to be sound, or is cut off. */
async function samplesOf(file: string): Promise<Float32Array | undefined> {
  const parts: Float32Array[] = [];
  try {
    for await (const { samples } of readRecording(file)) parts.push(samples);
  } catch {
    return undefined;
  }
  return concat(parts);
}

const [out] = process.argv.slice(2);
if (out) void main(out);
else {
  console.error('Name the folder to gather sounds in: node dist/scripts/debian-sounds.js OUT');
  process.exitCode = 2;
}
