import assert from 'node:assert/strict';
import { Resampler } from '../../src/audio/resampler.js';
import { concat } from '../../src/concat.js';
import { assertSame, decibels, noise, rms, tone } from './signals.js';

const RATES = [8000, 11025, 12345, 22050, 32000, 44100, 48000, 96000, 192000];
const TO = 16000;

function resample(samples: Float32Array, from: number, to = TO): Float32Array {
  const resampler = new Resampler(from, to);
  return concat([resampler.push(samples), resampler.flush()]);
}

/** Without the ends, where the filter meets the silence around the signal. */
function inner(samples: Float32Array): Float32Array {
  return samples.subarray(samples.length / 4, (samples.length * 3) / 4);
}

describe('Resampler', () => {
  for (const from of RATES) {
    const nyquist = Math.min(from, TO) / 2;
    const length = Math.round(from / 4);

    it(`is flat to 0.9 of the lower Nyquist frequency, in time, and free of images, from ${from} Hz`, () => {
      for (const hz of [0.01, 0.3, 0.6, 0.8, 0.85, 0.9].map(share => share * nyquist)) {
        const out = resample(tone(hz, from, length), from);
        const wanted = tone(hz, TO, out.length);
        const gain = decibels(rms(inner(out)) / rms(inner(wanted)));
        assert.ok(Math.abs(gain) < 0.1, `gain at ${hz} Hz is ${gain} dB`);
        const level = 10 ** (gain / 20);
        const rest = decibels(rms(inner(out.map((x, n) => x - level * wanted[n]))) / rms(wanted));
        assert.ok(rest < -80, `${hz} Hz differs from the same tone by ${rest} dB`);
      }
    });

    if (from > TO) {
      it(`is 80 dB down from the lower Nyquist frequency on, from ${from} Hz`, () => {
        for (let hz = nyquist; hz < 0.999 * (from / 2); hz += (from / 2 - nyquist) / 23) {
          // A cosine, since a sine is 0 at every sample at some of these frequencies.
          const cosine = Float32Array.from({ length }, (_, n) => Math.cos((2 * Math.PI * hz * n) / from));
          const level = decibels(rms(inner(resample(cosine, from))) * Math.SQRT2);
          assert.ok(level < -80, `${hz} Hz comes through at ${level} dB`);
        }
      });
    }

    it(`does not depend on the split into pushes, from ${from} Hz`, () => {
      const input = noise(length);
      const resampler = new Resampler(from);
      const parts = [];
      for (let at = 0, size = 1; at < input.length; at += size, size = (size * 7) % 997) {
        parts.push(resampler.push(input.subarray(at, at + size)));
      }
      parts.push(resampler.flush());
      assertSame(concat(parts), resample(input, from));
    });
  }

  it('gives round(N * to / from) samples', () => {
    for (const from of [...RATES, 16000, 16001]) {
      for (const length of [0, 1, 2, 3, 5, 100, 4567]) {
        const out = resample(new Float32Array(length), from);
        assert.equal(out.length, Math.round((length * TO) / from), `${length} samples at ${from} Hz`);
      }
    }
  });

  it('takes no long time for a rate that divides by nothing, and keeps its pitch and length', () => {
    for (const from of [7999, 16001, 44101, 96001, 383999]) {
      const before = process.cpuUsage();
      new Resampler(from);
      const ms = process.cpuUsage(before).user / 1000;
      assert.ok(ms < 300, `${from} Hz took ${ms.toFixed(0)} ms of the processor`);
      const out = resample(tone(1000, from, 10 * from), from);
      assert.ok(Math.abs(out.length - 10 * TO) < 10 * TO * 130e-6, `${from} Hz gave ${out.length} samples`);
      // A tone that is off by 125 ppm is an eighth of a cycle late after a second.
      const second = out.subarray(TO / 2, (TO * 3) / 2);
      const wanted = tone(1000, TO, 2 * TO).subarray(TO / 2, (TO * 3) / 2);
      const product = second.reduce((sum, x, n) => sum + x * wanted[n], 0) / TO;
      assert.ok(product > 0.6 * rms(wanted) ** 2, `${from} Hz changes the pitch`);
    }
  });

  it('keeps a constant constant', () => {
    for (const from of RATES) {
      const out = inner(resample(new Float32Array(from).fill(0.5), from));
      assert.ok(out.every(x => Math.abs(x - 0.5) < 1e-6));
    }
  });

  it('passes equal rates through', () => {
    const input = noise(1000);
    assertSame(resample(input, 16000), input);
  });

  it('goes to other rates than 16 kHz', () => {
    const out = resample(tone(1000, 16000, 16000), 16000, 8000);
    assert.equal(out.length, 8000);
    const wanted = inner(tone(1000, 8000, 8000));
    assert.ok(inner(out).every((x, n) => Math.abs(x - wanted[n]) < 1e-4));
  });
});
