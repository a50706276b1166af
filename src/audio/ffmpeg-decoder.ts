import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { DeepInfantError } from '../errors.js';
import { systemPath } from '../files/path-text.js';
import { ByteReader } from './byte-reader.js';
import { ffmpegStartError, MOST_LINE } from './ffmpeg.js';
import type { PcmBlock } from './pcm.js';
import type { Reading } from './pcm-data.js';
import { decodeWav } from './wav.js';

/** The formats that ffmpeg may open: those with sound, and none that makes it open other files, as playlists do. */
const DEMUXERS =
  'aa,aac,ac3,adx,aea,aiff,amr,ape,asf,asf_o,ast,au,avi,avr,caf,dsf,dts,dtshd,dv,eac3,flac,flv,gxf,iff,ilbc,ircam,loas,matroska,mlp,mmf,mov,mp3,mpc,mpc8,mpeg,mpegts,mxf,nistsphere,nsv,nut,nuv,ogg,oma,paf,pvf,qcp,rm,shn,smjpeg,sox,tak,truehd,tta,voc,vqf,w64,wav,wsd,wtv,wv,xwma';

/**
 * What ffmpeg says where a file ends before its audio does: MP4, Matroska, AAC, WMA, AU. It ends with status 0 all the
 * same, as it does after it complained of tags or padding behind the last frame of an MP3. Of other formats it can't tell.
 */
const ENDS_EARLY =
  /partial file|ended prematurely|buffer exhausted before END|packet size too small|Invalid PCM packet/;

/** Of what it says of a recording, in characters: a recording may have any number of tags, of any length. */
const MOST_SAID = 1_000_000;

/** What ffmpeg says of what it does not know, or is not to open. */
const UNKNOWN = /Invalid data found when processing input|Format not on whitelist/;

/** Share of frames that can't be decoded from which on ffmpeg fails; its own is 2/3. */
const MOST_BAD_FRAMES = '0.1';

/** ffmpeg looks so far for a track that begins late, such as sound that was switched on later. */
const PATIENCE = ['-analyzeduration', '60M', '-probesize', '50M'];

/** The first audio track is heard unless another is louder by so many dB, as where it is silent. */
const MUCH_LOUDER_DB = 12;

/** A recording whose first timestamp is later than this has the time of a clock, not a late beginning. */
const LATEST_START_S = 60;

/**
 * Keeps to the timestamps: what is missing becomes silence, also at the beginning. Where they go back, the sound goes on
 * all the same; ffmpeg would drop it. Variable 0 holds the time at which the frame before ended.
 */
const BY_TIMESTAMPS =
  "asetpts='st(1,max(PTS,ld(0)));st(0,ld(1)+S/(SR*TB));ld(1)',aresample=async=1:first_pts=0";

/** What ffmpeg reads: a file, or a stream of bytes that has begun. */
export type FfmpegInput = string | ByteReader;

/** What ffmpeg says of a recording before it decodes it. */
interface Probe {
  /** Of each audio track that it can decode, its number among the audio tracks. */
  tracks: number[];
  /** Arguments for the input that keep the time before the first sound, where there is some. */
  start: string[];
  /** Arguments for another output, for the same. */
  besides: string[];
}

/** Of a stream, which can be read only once. */
const UNPROBED: Probe = { tracks: [], start: [], besides: [] };

/**
 * Decodes an audio track of a recording of any format with the system's ffmpeg: the first, or else the one that sounds.
 *
 * @throws DeepInfantError `ffmpeg-missing`, `ffmpeg-not-started`; `not-audio` if ffmpeg can't read it; `truncated` after the last block if
 *   ffmpeg came to an end before the recording's, was killed, or a tenth of the frames is damaged
 */
export async function* decodeWithFfmpeg(input: FfmpegInput, reading: Reading): AsyncGenerator<PcmBlock> {
  const { name, warn } = reading;
  const { tracks, start, besides } = typeof input === 'string' ? await probe(input, reading) : UNPROBED;
  const track =
    typeof input === 'string' && tracks.length > 1 ? await loudestTrack(input, tracks, reading) : 0;
  if (track > 0)
    warn(
      `Of the ${tracks.length} audio tracks of ${name}, number ${track + 1} is heard: the first is silent.`,
    );
  const general = ['-loglevel', 'error', '-max_error_rate', MOST_BAD_FRAMES, ...PATIENCE, ...start];
  // A WAV of floats, so that mono and the rate are made the same way for every format.
  const output = [
    '-map',
    `0:a:${track}`,
    '-af',
    BY_TIMESTAMPS,
    '-c:a',
    'pcm_f32le',
    '-f',
    'wav',
    'pipe:1',
    ...besides,
  ];
  const ffmpeg = await startFfmpeg(general, input, output, name);
  // What follows the first complaint is ffmpeg's way of giving up.
  let complaint: string | undefined;
  let endsEarly = false;
  createInterface(ffmpeg.stderr!).on('line', whole => {
    const line = whole.slice(0, MOST_LINE);
    complaint ??= line;
    endsEarly ||= ENDS_EARLY.test(line);
  });
  const closed = once(ffmpeg, 'close');
  let decoded = false;
  let status: number | null;
  let signal: NodeJS.Signals | null;
  try {
    for await (const block of decodeWav(new ByteReader(ffmpeg.stdout!), reading)) {
      decoded = true;
      yield block;
    }
    [status, signal] = (await closed) as [number | null, NodeJS.Signals | null];
  } finally {
    ffmpeg.kill('SIGKILL');
  }
  if (status === 0 && (decoded ? !endsEarly : complaint === undefined)) return;
  // The address differs from run to run.
  const said = complaint && `ffmpeg says: ${complaint.replace(/ @ 0x[0-9a-f]+/, '')}`;
  const why = signal ? `ffmpeg was killed (${signal}).` : (said ?? `ffmpeg ended with status ${status}.`);
  if (!decoded) {
    if (tracks.length === 0 && complaint && UNKNOWN.test(complaint))
      throw new DeepInfantError('not-audio', `${name} is not audio in a known format.`);
    throw new DeepInfantError('not-audio', `${name} holds no audio that can be read. ${why}`);
  }
  throw new DeepInfantError(
    'truncated',
    `${name} is cut off or damaged. What could be read was used; copy the file again for the rest. ${why}`,
  );
}

/** Whether ffmpeg finds sound in a file; not, where there is no ffmpeg. */
export async function hasSound(file: string): Promise<boolean> {
  try {
    return (await probe(file, { name: file })).tracks.length > 0;
  } catch (error) {
    if (error instanceof DeepInfantError) return false;
    throw error;
  }
}

async function probe(file: string, reading: Pick<Reading, 'name' | 'signal'>): Promise<Probe> {
  const said = await say(file, [], reading);
  const tracks = [...said.matchAll(/^ {2}Stream #0:\d+.*?: Audio: (\w+)/gm)].flatMap(([, codec], track) =>
    codec === 'none' ? [] : [track],
  );
  // Of these a late beginning is meant; ffmpeg would leave it out where no other track begins earlier.
  const isTimed = /^Input #0, (mov|matroska)/m.test(said);
  const startS = Number(/^ {2}Duration: .*?, start: ([\d.]+)/m.exec(said)?.[1] ?? 0);
  const isLate = isTimed && startS > 0.1 && startS <= LATEST_START_S;
  // Of a broadcast ffmpeg counts time from the first of the tracks that it uses.
  const isBroadcast = /^Input #0, mpeg/m.test(said) && / Video: /.test(said);
  return {
    tracks,
    start: isLate ? ['-itsoffset', String(startS)] : [],
    besides: isBroadcast ? ['-map', '0:v:0', '-c', 'copy', '-f', 'null', '-'] : [],
  };
}

/** The track that sounds: the loudest, though the first unless that is much louder. */
async function loudestTrack(
  file: string,
  tracks: readonly number[],
  reading: Pick<Reading, 'name' | 'signal'>,
): Promise<number> {
  // All in one pass over the file, each by a name of its own.
  const measures = tracks.flatMap(track => [
    ...['-map', `0:a:${track}`, '-af'],
    `highpass=f=30,astats@track${track}=measure_perchannel=none:measure_overall=RMS_level`,
    ...['-f', 'null', '-'],
  ]);
  const said = await say(file, measures, reading);
  let best = { track: 0, worthDb: -Infinity };
  for (const track of tracks) {
    const level = new RegExp(`^\\[astats@track${track} .*RMS level dB: (-?[\\d.]+)`, 'm').exec(said);
    const levelDb = Number(level?.[1] ?? -Infinity);
    const worthDb = track === 0 ? levelDb + MUCH_LOUDER_DB : levelDb;
    if (worthDb > best.worthDb) best = { track, worthDb };
  }
  return best.track;
}

/** What ffmpeg prints of a file. @throws the signal's reason if it is aborted: the process is gone then */
async function say(
  file: string,
  output: string[],
  { name, signal }: Pick<Reading, 'name' | 'signal'>,
): Promise<string> {
  signal?.throwIfAborted();
  const ffmpeg = await startFfmpeg(['-loglevel', 'info', ...PATIENCE], file, output, name);
  const kill = (): void => {
    ffmpeg.kill('SIGKILL');
  };
  signal?.addEventListener('abort', kill);
  if (signal?.aborted) kill();
  let said = '';
  ffmpeg.stderr!.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(0, MOST_SAID)));
  ffmpeg.stdout!.resume();
  await once(ffmpeg, 'close');
  signal?.removeEventListener('abort', kill);
  signal?.throwIfAborted();
  return said
    .split('\n')
    .map(line => line.slice(0, MOST_LINE))
    .join('\n');
}

/** @throws DeepInfantError `ffmpeg-missing`, `ffmpeg-not-started` */
async function startFfmpeg(
  options: string[],
  input: FfmpegInput,
  output: string[],
  name: string,
): Promise<ChildProcess> {
  const place = typeof input === 'string' ? systemPath(input) : 'pipe:0';
  // Arguments are UTF-8; a path that is not goes as an open file.
  const opened = typeof place === 'string' ? undefined : await open(place);
  const url = opened ? 'file:/dev/fd/3' : typeof input === 'string' ? `file:${input}` : 'pipe:0';
  const allowed = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', DEMUXERS];
  try {
    const ffmpeg = spawn(
      'ffmpeg',
      ['-nostdin', '-hide_banner', '-nostats', ...options, ...allowed, '-i', url, ...output],
      { stdio: [typeof input === 'string' ? 'ignore' : 'pipe', 'pipe', 'pipe', opened?.fd] },
    );
    await once(ffmpeg, 'spawn');
    // It ends early where it has enough or can't go on; its status shows that.
    if (typeof input !== 'string') pipeline(input.rest(), ffmpeg.stdin!).catch(() => undefined);
    return ffmpeg;
  } catch (error) {
    throw ffmpegStartError(`${name} is in a format that needs ffmpeg`, error);
  } finally {
    await opened?.close();
  }
}
