import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readSamples } from '../../../src/audio/recording.js';
import { parseCsv, readCsv } from '../../../src/files/csv.js';
import { Mn04, MN04_BABY_CRY, MN04_CLASSES } from '../../../src/lab/teacher/mn04.js';
import { fromFloat16 } from '../../../src/maths/float16.js';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { fanNoise } from '../../../src/synth/nursery.js';
import { SAMPLE_RATE } from '../../../src/values.js';
import { CORPUS, MN04, MN04_INDEX, MN04_LOGITS, needFiles } from './published.js';

/** Recordings to compare with the reference. */
const FILES = 20;

describe('Mn04', function () {
  this.timeout(120_000);
  let mn04: Mn04 | undefined;

  before(async function () {
    needFiles(this, MN04);
    mn04 = await Mn04.open(MN04);
  });
  after(() => mn04?.close());

  it(`scores ${FILES} recordings as PyTorch's front end and ONNX Runtime do`, async function () {
    const manifest = path.join(CORPUS, 'manifest.csv');
    needFiles(this, manifest, MN04_LOGITS, MN04_INDEX);
    const npy = await readFile(MN04_LOGITS);
    const start = 10 + npy.readUInt16LE(8);
    const index = new Map(
      (await readCsv(MN04_INDEX, ['path', 'first_window', 'windows'])).map(row => [row.path, row]),
    );
    // Others would have been resampled, or filled up, in another way than here.
    const recordings = parseCsv(await readFile(manifest, 'utf8'), [
      'path',
      'sample_rate',
      'duration_s',
    ]).filter(row => row.sample_rate === '16000' && Number(row.duration_s) >= 2.1 && index.has(row.path));
    const step = Math.floor(recordings.length / FILES);
    const pairs: [number, number][] = [];
    for (let i = 0; i < FILES; i++) {
      const { path: name } = recordings[i * step];
      const { first_window: first, windows } = index.get(name)!;
      const bytes = npy
        .subarray(start + 2 * MN04_CLASSES * Number(first))
        .subarray(0, 2 * MN04_CLASSES * Number(windows));
      const expected = fromFloat16(new Uint16Array(Uint8Array.from(bytes).buffer));
      const logits = await mn04!.windows(await readSamples(path.join(CORPUS, name)));
      assert.equal(logits.length, expected.length, name);
      logits.forEach((logit, j) => pairs.push([logit, expected[j]]));
    }
    const largest = pairs.reduce((most, [a, b]) => Math.max(most, Math.abs(a - b)), 0);
    console.log(`      ${pairs.length / MN04_CLASSES} windows: largest difference ${largest.toFixed(4)}`);
    // Logits of 8 to 16 have steps of 0.008 in binary16.
    assert.ok(largest < 0.02, `largest ${largest}`);
  });

  it('gives each window the logits that it has by itself, also across batches, and fills up what is shorter', async () => {
    const samples = synthesiseCry({ seed: 1, durationS: 7 });
    const all = await mn04!.windows(samples);
    assert.equal(all.length, 11 * MN04_CLASSES);
    const two = samples.slice(0, 2 * SAMPLE_RATE);
    const alone = await mn04!.windows(two);
    assert.equal(alone.length, MN04_CLASSES);
    const short = await mn04!.windows(samples.slice(0, SAMPLE_RATE));
    const filled = new Float32Array(2 * SAMPLE_RATE);
    filled.set(samples.subarray(0, SAMPLE_RATE));
    assert.deepEqual(short, await mn04!.windows(filled));
    const begin = await mn04!.windows(samples.slice(0, 5.5 * SAMPLE_RATE));
    // The end of a recording is mirrored, which the last frames of its last window hear.
    for (let i = 0; i < 7 * MN04_CLASSES; i++) assert.ok(Math.abs(begin[i] - all[i]) < 1e-3, `${i}`);
  });

  it('hears a cry, and none in a fan', async () => {
    const heard = await mn04!.windows(synthesiseCry({ seed: 1, durationS: 2 }));
    const fan = await mn04!.windows(fanNoise({ seed: 1, durationS: 2 }));
    assert.ok(
      heard[MN04_BABY_CRY] > fan[MN04_BABY_CRY] + 3,
      `${heard[MN04_BABY_CRY]}, ${fan[MN04_BABY_CRY]}`,
    );
  });
});

describe("mn04's file", () => {
  it('is refused if it is missing or not the one that is known', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-mn04-'));
    const file = path.join(folder, 'other.onnx');
    await assert.rejects(Mn04.open(file), { code: 'teacher-file', message: /Cannot read .*other\.onnx/ });
    await writeFile(file, 'another network');
    await assert.rejects(Mn04.open(file), {
      code: 'teacher-file',
      message:
        /other\.onnx is not the mn04_as\.onnx that is known here: its SHA-256 is 846aff4f[0-9a-f]{56}, not 8fc05d32/,
    });
    await rm(folder, { recursive: true });
  });
});
