import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { DeepInfantError, messageOf } from '../errors.js';
import { SAMPLE_RATE } from '../values.js';
import { ByteReader } from './byte-reader.js';
import type { PcmBlock } from './pcm.js';
import { decodeWav } from './wav.js';

/** What to do where ffmpeg can't be started. */
export const INSTALL_FFMPEG =
  'Install it: apt install ffmpeg, apk add ffmpeg, brew install ffmpeg, winget install ffmpeg.';

/** The containers that ffmpeg may open: recordings, and none that makes it open other files, as playlists do. */
const DEMUXERS = 'aac,aiff,amr,asf,au,avi,caf,flac,matroska,mov,mp3,ogg,w64,wav';

/**
 * What ffmpeg says where a file ends before its audio does: MP4, Matroska, AAC, WMA, AU. It ends with status 0 all the
 * same, as it does after it complained of tags or padding behind the last frame of an MP3. Of other formats it can't tell.
 */
const ENDS_EARLY =
  /partial file|ended prematurely|buffer exhausted before END|packet size too small|Invalid PCM packet/;

/** Share of frames that can't be decoded from which on ffmpeg fails; its own is 2/3. */
const MOST_BAD_FRAMES = '0.1';

/**
 * Decodes the first audio track of a file of any format with the system's ffmpeg.
 *
 * @param path the file
 * @param name what to call the recording in errors
 * @throws DeepInfantError `ffmpeg-missing`; `not-audio` if ffmpeg can't read it; `truncated` after the last block if
 *   ffmpeg came to an end before the recording's, was killed, or a tenth of the frames is damaged
 */
export async function* decodeWithFfmpeg(path: string, name: string): AsyncGenerator<PcmBlock> {
  const general = ['-nostdin', '-loglevel', 'error', '-max_error_rate', MOST_BAD_FRAMES];
  const input = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', DEMUXERS, '-i', `file:${path}`];
  // A WAV of floats, so that mono and the rate are made the same way for every format.
  const output = ['-map', '0:a:0', '-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1'];
  const ffmpeg = spawn('ffmpeg', [...general, ...input, ...output], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    await once(ffmpeg, 'spawn');
  } catch (error) {
    throw new DeepInfantError(
      'ffmpeg-missing',
      `${name} is in a format that needs ffmpeg, which could not be started (${messageOf(error)}). ${INSTALL_FFMPEG}`,
      { cause: error },
    );
  }
  // What follows the first complaint is ffmpeg's way of giving up.
  let complaint: string | undefined;
  let endsEarly = false;
  createInterface(ffmpeg.stderr).on('line', line => {
    complaint ??= line;
    endsEarly ||= ENDS_EARLY.test(line);
  });
  const closed = once(ffmpeg, 'close');
  let decoded = false;
  let status: number | null;
  let signal: NodeJS.Signals | null;
  try {
    for await (const block of decodeWav(new ByteReader(ffmpeg.stdout), name)) {
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
  if (!decoded) throw new DeepInfantError('not-audio', `${name} holds no audio that can be read. ${why}`);
  throw new DeepInfantError(
    'truncated',
    `${name} is cut off or damaged. What could be read was used; copy the file again for the rest. ${why}`,
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

/** Of a second of mono: a cry of 20 s takes 120 KB. */
const MP3_BITRATE = '48k';
const ENCODES_WITHIN_MS = 10_000;

/**
 * Writes samples as an MP3 with the system's ffmpeg: every browser, and every phone's notification, plays it. A killed
 * process leaves no half of it.
 *
 * @param samples 16 kHz mono, in [-1, 1]
 * @param file where to write it
 * @throws DeepInfantError `ffmpeg-missing`; `storage` if it cannot be written
 */
export async function encodeMp3(samples: Float32Array, file: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  const input = ['-f', 'f32le', '-ar', String(SAMPLE_RATE), '-ac', '1', '-i', 'pipe:0'];
  const output = ['-c:a', 'libmp3lame', '-b:a', MP3_BITRATE, '-f', 'mp3', '-y', `file:${temporary}`];
  const ffmpeg = spawn('ffmpeg', ['-loglevel', 'error', ...input, ...output], {
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: ENCODES_WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  try {
    await once(ffmpeg, 'spawn');
  } catch (error) {
    throw new DeepInfantError(
      'ffmpeg-missing',
      `The sound of cries is kept with ffmpeg, which could not be started (${messageOf(error)}). ${INSTALL_FFMPEG}`,
      { cause: error },
    );
  }
  let said = '';
  ffmpeg.stderr.setEncoding('utf8').on('data', (text: string) => (said ||= text.split('\n')[0]));
  // It ends early where the disk is full; its status shows that.
  ffmpeg.stdin.on('error', () => undefined);
  ffmpeg.stdin.end(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  const [status, signal] = (await once(ffmpeg, 'close')) as [number | null, NodeJS.Signals | null];
  // On a full disk it complains, leaves an empty file, and ends with 0.
  if (status === 0 && said === '') return rename(temporary, file);
  await rm(temporary, { force: true });
  const why = said || (signal ? `it was killed (${signal})` : `it ended with status ${status}`);
  throw new DeepInfantError('storage', `ffmpeg cannot write ${file}: ${why}.`);
}
