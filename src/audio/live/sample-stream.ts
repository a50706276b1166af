import type { Readable } from 'node:stream';
import { guard } from '../../guard.js';
import { clampAmplitude } from '../pcm.js';

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/**
 * Reads raw audio (mono, 32-bit float, little endian) from a pipe that may cut it anywhere, also within a sample.
 *
 * @param emit gets each piece: its own copy, finite, in [-1, 1], of any length above 0. The bytes of a last sample that
 *   never became whole are dropped.
 */
export function readSampleStream(pipe: Readable, emit: (samples: Float32Array) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  pipe.on(
    'data',
    guard((bytes: Buffer) => {
      const all = Buffer.concat([rest, bytes]);
      const samples = new Float32Array(Math.floor(all.length / BYTES));
      for (let i = 0; i < samples.length; i++) samples[i] = clampAmplitude(all.readFloatLE(i * BYTES));
      rest = all.subarray(samples.length * BYTES);
      if (samples.length > 0) emit(samples);
    }),
  );
}
