import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { readSampleStream } from '../../../src/audio/live/sample-stream.js';

describe('readSampleStream', () => {
  it('gives the same samples wherever the pipe cuts them', () => {
    const sent = Float32Array.from({ length: 50 }, (_, i) => Math.sin(i));
    const bytes = Buffer.from(sent.buffer);
    for (let step = 1; step <= 9; step++) {
      const heard = hear(pieces(bytes, step));
      assert.deepEqual(
        heard.flatMap(samples => Array.from(samples)),
        Array.from(sent),
        `${step} bytes a read`,
      );
      assert.ok(heard.every(samples => samples.length > 0));
    }
  });

  it('leaves the samples alone that it gave before', () => {
    const bytes = Buffer.from(Float32Array.of(0.5, 0.25).buffer);
    const [samples] = hear([bytes]);
    bytes.fill(0);
    assert.deepEqual(samples, Float32Array.of(0.5, 0.25));
  });

  it('makes what is not finite 0 and what is too loud full scale', () => {
    const sent = Float32Array.of(NaN, Infinity, -Infinity, 1.5, -1e30, -1);
    assert.deepEqual(hear([Buffer.from(sent.buffer)]), [Float32Array.of(0, 0, 0, 1, -1, -1)]);
  });
});

function hear(reads: Buffer[]): Float32Array[] {
  const pipe = new PassThrough();
  const heard: Float32Array[] = [];
  readSampleStream(pipe, samples => heard.push(samples));
  for (const bytes of reads) pipe.emit('data', bytes);
  return heard;
}

function pieces(bytes: Buffer, length: number): Buffer[] {
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}
