import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { type CaptureForm, readCapture } from '../../../src/audio/live/capture-reader.js';
import { concat } from '../../../src/concat.js';
import { SAMPLE_RATE } from '../../../src/values.js';
import { decibels, rms, tone } from '../signals.js';
import { writeWav } from '../wav-writer.js';

const MONO = { rate: SAMPLE_RATE, channels: 1 };

describe('readCapture', () => {
  it('gives the same samples wherever the pipe cuts them', async () => {
    const sent = Float32Array.from({ length: 50 }, (_, i) => Math.sin(i));
    const bytes = Buffer.from(sent.buffer);
    for (let step = 1; step <= 9; step++) {
      const { samples } = await hear(pieces(bytes, step), MONO);
      assert.deepEqual(concat(samples), sent, `${step} bytes a read`);
      assert.ok(samples.every(({ length }) => length > 0));
    }
  });

  it('leaves the samples alone that it gave before', async () => {
    const bytes = Buffer.from(Float32Array.of(0.5, 0.25).buffer);
    const { samples } = await hear([bytes], MONO);
    bytes.fill(0);
    assert.deepEqual(samples, [Float32Array.of(0.5, 0.25)]);
  });

  it('makes what is not finite 0 and what is too loud full scale', async () => {
    const sent = Float32Array.of(NaN, Infinity, -Infinity, 1.5, -1e30, -1);
    const { samples } = await hear([Buffer.from(sent.buffer)], MONO);
    assert.deepEqual(samples, [Float32Array.of(0, 0, 0, 1, -1, -1)]);
  });

  it('makes what overshoots full scale full scale, at any rate', async () => {
    for (const rate of [8000, 44100, 48000]) {
      const square = Float32Array.from({ length: rate }, (_, i) => (i % 40 < 20 ? 1 : -1));
      const { samples } = await hear([Buffer.from(square.buffer)], { rate, channels: 1 });
      const peak = concat(samples).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      assert.equal(peak, 1, `${rate} Hz`);
    }
  });

  it('hears one channel, and says which, while two cancel each other out', async () => {
    const rate = 48000;
    const sound = tone(440, rate, 2 * rate);
    const stereo = Float32Array.from({ length: 2 * sound.length }, (_, i) => {
      const sample = sound[i >> 1];
      return i % 2 === 1 && i >= sound.length ? -sample : sample;
    });
    const wav = writeWav(stereo, { rate, channels: 2, format: 'float32' });
    const { samples, formats } = await hear(pieces(wav, 6000), 'wav');
    assert.deepEqual(formats, [
      { sampleRate: rate, channels: 2 },
      { sampleRate: rate, channels: 2, channel: 1 },
    ]);
    const late = concat(samples).subarray(1.2 * SAMPLE_RATE, 1.9 * SAMPLE_RATE);
    assert.ok(Math.abs(decibels((rms(late) * Math.SQRT2) / 0.5)) < 0.1, `${rms(late)}`);
  });
});

async function hear(
  reads: Buffer[],
  form: CaptureForm,
): Promise<{ samples: Float32Array[]; formats: unknown[] }> {
  const pipe = new PassThrough();
  const samples: Float32Array[] = [];
  const formats: unknown[] = [];
  readCapture(pipe, form, {
    samples: heard => samples.push(heard),
    heard: format => formats.push(format),
  });
  for (const bytes of reads) {
    pipe.write(bytes);
    await setImmediate();
  }
  pipe.end();
  await finished(pipe);
  await setImmediate();
  return { samples, formats };
}

function pieces(bytes: Buffer, length: number): Buffer[] {
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}
