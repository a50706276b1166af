import assert from 'node:assert/strict';
import { HighPass } from '../../src/features/high-pass.js';

const RATE = 16000;

describe('HighPass', () => {
  /** Level after the filter against before it, dB, once it has settled. */
  function gainDb(hz: number): number {
    const tone = Float32Array.from({ length: 4 * RATE }, (_, i) => Math.sin((2 * Math.PI * hz * i) / RATE));
    const filtered = tone.slice();
    new HighPass().filter(filtered);
    const power = (samples: Float32Array): number =>
      samples.subarray(2 * RATE).reduce((sum, sample) => sum + sample * sample, 0);
    return 10 * Math.log10(power(filtered) / power(tone));
  }

  it('is 3 dB down at 20 Hz, falls by 6 dB an octave below, and leaves voices alone', () => {
    assert.ok(Math.abs(gainDb(20) + 3.01) < 0.05, `${gainDb(20)}`);
    assert.ok(Math.abs(gainDb(2.5) + 18.1) < 0.1, `${gainDb(2.5)}`);
    for (const hz of [250, 450, 2000, 7000]) assert.ok(Math.abs(gainDb(hz)) < 0.05, `${hz}: ${gainDb(hz)}`);
  });

  it('makes silence of an offset, from the first sample on', () => {
    const samples = new Float32Array(RATE).fill(0.3);
    new HighPass().filter(samples);
    assert.ok(samples.every(sample => Math.abs(sample) < 1e-6));
  });

  it('gives the same samples however they are cut, and forgets them at a reset', () => {
    const whole = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i / 7) + 0.2);
    const cut = whole.slice();
    const highPass = new HighPass();
    highPass.filter(whole);
    const pieces = new HighPass();
    for (let start = 0; start < cut.length; start += 333) pieces.filter(cut.subarray(start, start + 333));
    assert.deepEqual(cut, whole);
    const again = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i / 7) + 0.2);
    highPass.reset();
    highPass.filter(again);
    assert.deepEqual(again, whole);
  });

  it('takes what is not finite for 0, and recovers', () => {
    const samples = Float32Array.of(0, NaN, Infinity, -Infinity, 0, 0);
    new HighPass().filter(samples);
    assert.deepEqual([...samples], [0, 0, 0, 0, 0, 0]);
  });
});
