import assert from 'node:assert/strict';
import { doubleRate, MN04_MELS, mn04LogMel } from '../../../src/lab/teacher/mn04-log-mel.js';

const RATE = 16000;

function tone(hz: number, rate: number, seconds: number): Float32Array {
  return Float32Array.from(
    { length: rate * seconds },
    (_, i) => 0.1 * Math.sin((2 * Math.PI * hz * i) / rate),
  );
}

describe('doubleRate', () => {
  it('gives the same sound at twice the rate', () => {
    const doubled = doubleRate(tone(1000, RATE, 0.1));
    const expected = tone(1000, 2 * RATE, 0.1);
    assert.equal(doubled.length, expected.length);
    for (let i = 50; i < doubled.length - 50; i++)
      assert.ok(Math.abs(doubled[i] - expected[i]) < 2e-4, `${i}: ${doubled[i]}, ${expected[i]}`);
  });

  it('keeps a constant, and has the taps of scipy.signal.resample_poly', () => {
    const constant = doubleRate(new Float32Array(100).fill(1));
    assert.ok(Math.abs((constant[100] + constant[101]) / 2 - 1) < 1e-6);
    const impulse = new Float32Array(41);
    impulse[20] = 1;
    const taps = doubleRate(impulse);
    assert.ok(taps.subarray(0, 21).every(tap => tap === 0) && taps[21] !== 0 && taps[59] !== 0);
    assert.deepEqual(taps.slice(21, 40), taps.slice(41, 60).reverse());
  });
});

describe('mn04LogMel', () => {
  it('has a frame every 10 ms, the first and last at the ends', () => {
    assert.equal(mn04LogMel(new Float32Array(64000)).length, 200 * MN04_MELS);
    assert.equal(mn04LogMel(new Float32Array(64321)).length, 202 * MN04_MELS);
  });

  it('is (ln 1e-5 + 4.5) / 5 in silence', () => {
    for (const value of mn04LogMel(new Float32Array(3200)))
      assert.ok(Math.abs(value - (Math.log(1e-5) + 4.5) / 5) < 1e-6);
  });

  it("shows a tone in the band of its frequency on Kaldi's scale", () => {
    const mel = (hz: number): number => 1127 * Math.log(1 + hz / 700);
    for (const hz of [500, 2000, 7000]) {
      const frame = mn04LogMel(tone(hz, 2 * RATE, 0.5)).slice(20 * MN04_MELS, 21 * MN04_MELS);
      const highest = frame.indexOf(Math.max(...frame));
      const expected = (mel(hz) / mel(15000)) * (MN04_MELS + 1) - 1;
      assert.ok(Math.abs(highest - expected) <= 1, `${hz} Hz: ${highest}, ${expected}`);
    }
  });
});
