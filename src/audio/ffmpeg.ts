import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, rename, rm, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { DeepInfantError, messageOf } from '../errors.js';
import { startError } from './start-error.js';
import { SAMPLE_RATE } from '../values.js';

/** What to do where ffmpeg can't be started. */
export const INSTALL_FFMPEG =
  'Install it: apt install ffmpeg, apk add ffmpeg, brew install ffmpeg, winget install ffmpeg.';

/**
 * Why ffmpeg was not started.
 * @param need what it was to be started for: 'night.mp3 is in a format that needs ffmpeg'
 * @returns `ffmpeg-missing` where there is none, `ffmpeg-not-started` where the system has no room for it now
 */
export function ffmpegStartError(need: string, error: unknown): DeepInfantError {
  const isMissing = startError(error) instanceof DeepInfantError;
  const advice = isMissing
    ? INSTALL_FFMPEG
    : 'The computer has no memory, processes or open files left for it: end other programs, or try it again later.';
  return new DeepInfantError(
    isMissing ? 'ffmpeg-missing' : 'ffmpeg-not-started',
    `${need}, which could not be started (${messageOf(error)}). ${advice}`,
    { cause: error },
  );
}

/** The system's ffmpeg's version, such as `7.1.1-1`; undefined where it cannot be started. */
export async function ffmpegVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ffmpeg', ['-version']);
    return /version (\S+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** Of a line that it prints, in characters: what explains an end is at the beginning. */
export const MOST_LINE = 1000;

/** Of a second of mono: a cry of 20 s takes 120 KB. */
const MP3_BITS_PER_S = 48_000;
const ENCODES_WITHIN_MS = 10_000;

/**
 * Writes samples as an MP3 with the system's ffmpeg: every browser, and every phone's notification, plays it. A killed
 * process, a full disk or a power cut leaves no half of it.
 *
 * @param samples 16 kHz mono, in [-1, 1]
 * @param file where to write it
 * @throws DeepInfantError `ffmpeg-missing`, `ffmpeg-not-started`; `storage` if it cannot be written
 */
export async function encodeMp3(samples: Float32Array, file: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  const input = ['-f', 'f32le', '-ar', String(SAMPLE_RATE), '-ac', '1', '-i', 'pipe:0'];
  const output = [
    '-c:a',
    'libmp3lame',
    '-b:a',
    String(MP3_BITS_PER_S),
    '-f',
    'mp3',
    '-y',
    `file:${temporary}`,
  ];
  const ffmpeg = spawn('ffmpeg', ['-loglevel', 'error', ...input, ...output], {
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: ENCODES_WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  try {
    await once(ffmpeg, 'spawn');
  } catch (error) {
    throw ffmpegStartError('The sound of cries is kept with ffmpeg', error);
  }
  let said = '';
  ffmpeg.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (said ||= text.split('\n')[0].slice(0, MOST_LINE)));
  // It ends early where the disk is full; its status shows that.
  ffmpeg.stdin.on('error', () => undefined);
  ffmpeg.stdin.end(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  const [status, signal] = (await once(ffmpeg, 'close')) as [number | null, NodeJS.Signals | null];
  // On a full disk it complains, leaves an empty file, and ends with 0.
  try {
    if (status === 0 && said === '') {
      await flushToDisk(temporary);
      await rename(temporary, file);
      return;
    }
  } catch (error) {
    said = messageOf(error);
  }
  await rm(temporary, { force: true });
  const why = said || (signal ? `it was killed (${signal})` : `it ended with status ${status}`);
  throw new DeepInfantError('storage', `ffmpeg cannot write ${file}: ${why}.`);
}

/** How long an MP3 of `encodeMp3` is: its bitrate is constant. */
export async function mp3DurationS(file: string): Promise<number> {
  return (8 * (await stat(file)).size) / MP3_BITS_PER_S;
}

async function flushToDisk(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
