import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { decoderFor, HEAD_BYTES, readRecording } from '../../src/audio/recording.js';
import { DeepInfantError } from '../../src/errors.js';
import { tone } from '../audio/signals.js';
import { WAV_FORMATS, writeWav } from '../audio/wav-writer.js';
import { damagedBytes } from './inputs.js';
import { target, type Target } from './target.js';

const SHORT_TONE = tone(440, 16000, 800);

function wavs(): Buffer[] {
  return WAV_FORMATS.map(format => writeWav(SHORT_TONE, { rate: 16000, channels: 2, format }));
}

/** What is decoded in this process. What no longer is, is refused: ffmpeg would have to be started for each. */
export function ownFormats(format: 'wav' | 'flac' | 'others'): Target<unknown> {
  const good = {
    wav: wavs,
    flac: () => [flacOf(SHORT_TONE)],
    others: () => encode(['-f', 'aiff'], ['-f', 'au'], ['-f', 'caf'], ['-f', 'w64']),
  };
  return recordings(good[format](), bytes => {
    if (decoderFor(bytes.subarray(0, HEAD_BYTES)) === undefined)
      throw new DeepInfantError('not-audio', 'ffmpeg would be asked');
    // Of a stream no second try is possible, with ffmpeg.
    return Readable.from([bytes]);
  });
}

/** What is left to ffmpeg. It has to be started for each, so there are fewer of these. */
export function ffmpegFormats(): Target<unknown> {
  return recordings(
    encode(
      ['-f', 'mp3'],
      ['-f', 'ogg', '-c:a', 'libopus'],
      ['-f', 'adts'],
      ['-f', 'matroska', '-c:a', 'aac'],
      ['-f', 'wav', '-c:a', 'adpcm_ms'],
    ),
  );
}

function encode(...formats: string[][]): Buffer[] {
  const [wav] = wavs();
  return formats.map(format =>
    execFileSync('ffmpeg', ['-loglevel', 'error', '-i', 'pipe:0', ...format, 'pipe:1'], { input: wav }),
  );
}

function recordings(
  good: Buffer[],
  input: (bytes: Buffer) => Buffer | Readable = bytes => bytes,
): Target<unknown> {
  return target({
    inputs: fc.oneof({ weight: 20, arbitrary: damagedBytes(...good) }, headed(good)),
    run: async bytes => {
      for await (const { samples } of readRecording(input(bytes))) {
        if (!samples.every(sample => sample >= -1 && sample <= 1))
          throw new Error('a sample is not within -1 to 1');
      }
    },
  });
}

/** A good beginning with anything behind it. */
function headed(good: Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...good), fc.nat(64), fc.uint8Array({ maxLength: 300 }))
    .map(([bytes, length, tail]) => Buffer.concat([bytes.subarray(0, length), tail]));
}

/** A FLAC file of one frame with a verbatim subframe, so that no encoder is needed (RFC 9639). */
function flacOf(samples: Float32Array): Buffer {
  const { length } = samples;
  const info = Buffer.alloc(34);
  info.writeUInt16BE(length, 0);
  info.writeUInt16BE(length, 2);
  // 16 kHz, 1 channel, 16 bits.
  info.writeUInt32BE((16000 << 12) | (15 << 4), 10);
  info.writeUInt32BE(length, 14);
  const pcm = Buffer.alloc(2 * length);
  samples.forEach((sample, i) => pcm.writeInt16BE(Math.round(sample * 32767), 2 * i));
  const head = Buffer.from([0xff, 0xf8, 0x75, 0x08, 0, (length - 1) >> 8, (length - 1) & 0xff]);
  const frame = Buffer.concat([head, Buffer.from([checksum(head, 8, 0x07), 0x02]), pcm]);
  const end = Buffer.alloc(2);
  end.writeUInt16BE(checksum(frame, 16, 0x8005));
  return Buffer.concat([Buffer.from('fLaC'), Buffer.from([0x80, 0, 0, 34]), info, frame, end]);
}

/** Cyclic redundancy check of `bits` bits. */
function checksum(bytes: Buffer, bits: 8 | 16, polynomial: number): number {
  const top = 1 << (bits - 1);
  const mask = (1 << bits) - 1;
  return bytes.reduce((sum, byte) => {
    let rest = sum ^ (byte << (bits - 8));
    for (let i = 0; i < 8; i++) rest = (rest & top ? (rest << 1) ^ polynomial : rest << 1) & mask;
    return rest;
  }, 0);
}
