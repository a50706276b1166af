import assert from 'node:assert/strict';
import { DeepInfantError } from '../../src/errors.js';
import { SEED_FRONT_END } from '../../src/features/front-end.js';
import { LogMel } from '../../src/features/log-mel.js';
import { LogMelTwin } from '../../src/features/log-mel-twin.js';
import { noise, signals } from './signals.js';

/** Ten seconds whose level and pitch wander. */
const longSignal = Float32Array.from(
  noise(160000),
  (hiss, n) => 10 ** (-4 * (n / 160000)) * (0.6 * Math.sin(1e-6 * n ** 2) + 0.1 * hiss),
);

/**
 * What 32-bit floats allow: the rounding of the result (1.5e-5 dB), and that of the transform, an amplitude 145 dB below
 * the frame's loudest band. So bands up to 65 dB below that one are right to 1e-3 dB.
 */
function assertClose(actual: Float32Array, expected: Float32Array): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((db, i) => {
    const row = i - (i % 128);
    const peak = Math.max(...expected.subarray(row, row + 128));
    const tolerance = 1.5e-5 + (20 / Math.LN10) * 10 ** ((peak - db - 145) / 20);
    const place = `frame ${row / 128} band ${i % 128}`;
    assert.ok(Math.abs(actual[i] - db) < tolerance, `${place}: ${actual[i]}, not ${db}`);
  });
}

function pushInPieces(logMel: LogMel, samples: Float32Array, nextLength: () => number): number[] {
  const frames: number[] = [];
  for (let n = 0, length; n < samples.length; n += length) {
    length = nextLength();
    frames.push(...logMel.push(samples.subarray(n, n + length)));
  }
  return frames;
}

describe('LogMel', () => {
  for (const { name, samples, librosa } of signals)
    it(`gives librosa's numbers for ${name}`, () => {
      assertClose(new LogMel().push(samples), librosa);
    });

  it("gives its twin's numbers over many blocks", () => {
    assertClose(new LogMel().push(longSignal), new LogMelTwin().push(longSignal));
  });

  const whole = Array.from(new LogMel().push(longSignal));
  for (const length of [1, 7, 511, 512, 513, 5000])
    it(`gives bit for bit the same when pushed by ${length}`, () => {
      assert.deepEqual(
        pushInPieces(new LogMel(), longSignal, () => length),
        whole,
      );
    });

  it('gives bit for bit the same when pushed by random lengths, in streams that take turns', () => {
    const random = noise(10000).values();
    const other = new LogMel();
    const frames = pushInPieces(new LogMel(), longSignal, () => {
      other.push(longSignal.subarray(0, 700));
      return Math.floor((random.next().value! + 1) * 2000);
    });
    assert.deepEqual(frames, whole);
  });

  it('counts what is not finite as 0', () => {
    const bad = longSignal.slice(0, 8000);
    const zeroed = bad.slice();
    [NaN, Infinity, -Infinity].forEach((value, i) => {
      bad.fill(value, 2500 * i + 1, 2500 * i + 200);
      zeroed.fill(0, 2500 * i + 1, 2500 * i + 200);
    });
    assert.deepEqual(new LogMel().push(bad), new LogMel().push(zeroed));
    assert.ok(new LogMel().push(new Float32Array(4096).fill(NaN)).every(db => db === -100));
  });

  it('gives finite numbers for absurdly loud samples', () => {
    assert.ok(new LogMel().push(new Float32Array(4096).fill(3e38)).every(Number.isFinite));
  });

  it('begins anew after reset', () => {
    const logMel = new LogMel();
    logMel.push(longSignal.subarray(0, 3001));
    logMel.reset();
    assert.deepEqual(Array.from(logMel.push(longSignal)), whole);
  });

  it('gives results that later pushes leave alone', () => {
    const logMel = new LogMel();
    const frames = logMel.push(longSignal.subarray(0, 4096));
    const copy = frames.slice();
    logMel.push(longSignal.subarray(4096));
    assert.deepEqual(frames, copy);
  });

  it('refuses a front end that it was not compiled for', () => {
    assert.doesNotThrow(() => new LogMel({ ...SEED_FRONT_END }));
    assert.throws(
      () => new LogMel({ ...SEED_FRONT_END, hop: 160 }),
      (error: unknown) =>
        error instanceof DeepInfantError && error.code === 'front-end' && /hop/.test(error.message),
    );
  });
});
