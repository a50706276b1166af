import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DeepInfantError, messageOf } from '../errors.js';
import { ByteReader } from './byte-reader.js';
import type { PcmBlock } from './pcm.js';
import { decodeWav } from './wav.js';

/** The containers that ffmpeg may open: recordings, and none that makes it open other files, as playlists do. */
const DEMUXERS = 'aac,aiff,amr,asf,au,avi,caf,flac,matroska,mov,mp3,ogg,w64,wav';

/**
 * Decodes the first audio track of a file of any format with the system's ffmpeg.
 *
 * @param path the file
 * @param name what to call the recording in errors
 * @throws DeepInfantError `ffmpeg-missing`; `not-audio` if ffmpeg can't read it; `truncated` after the last block if
 *   ffmpeg met damage on the way
 */
export async function* decodeWithFfmpeg(path: string, name: string): AsyncGenerator<PcmBlock> {
  const input = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', DEMUXERS, '-i', `file:${path}`];
  // A WAV of floats, so that mono and the rate are made the same way for every format.
  const output = ['-map', '0:a:0', '-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1'];
  const ffmpeg = spawn('ffmpeg', ['-nostdin', '-loglevel', 'error', ...input, ...output], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    await once(ffmpeg, 'spawn');
  } catch (error) {
    throw new DeepInfantError(
      'ffmpeg-missing',
      `${name} is in a format that needs ffmpeg, which could not be started (${messageOf(error)}). Install it: apt install ffmpeg, apk add ffmpeg, brew install ffmpeg, winget install ffmpeg.`,
      { cause: error },
    );
  }
  let complaint = '';
  ffmpeg.stderr.on('data', (text: Buffer) => {
    complaint = (complaint + text.toString()).slice(0, 1000);
  });
  const closed = once(ffmpeg, 'close');
  let decoded = false;
  try {
    for await (const block of decodeWav(new ByteReader(ffmpeg.stdout), name)) {
      decoded = true;
      yield block;
    }
    await closed;
  } finally {
    ffmpeg.kill('SIGKILL');
  }
  if (complaint === '') return;
  // What follows the first complaint is ffmpeg's way of giving up; the address differs from run to run.
  const why = complaint.split('\n', 1)[0].replace(/ @ 0x[0-9a-f]+/, '');
  if (!decoded)
    throw new DeepInfantError('not-audio', `${name} holds no audio that can be read. ffmpeg says: ${why}`);
  throw new DeepInfantError(
    'truncated',
    `${name} is cut off or damaged. What could be read was used; copy the file again for the rest. ffmpeg says: ${why}`,
  );
}
