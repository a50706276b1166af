import assert from 'node:assert/strict';
import { CryVoiceMean } from '../../src/detect/cry-voice.js';
import type { CryVoice, Voice } from '../../src/values.js';

const CLEAR: Voice = { f0Hz: 400, periodicity: 1, lowDb: -20, highDb: -30 };
const NO_NOISE = { low: 0, high: 0 };
const STEP_S = 0.256;

function assertNear(actual: number | null, expected: number, tolerance: number): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= tolerance,
    `${actual} is not ${expected} +- ${tolerance}`,
  );
}

function meanOf(...steps: [voice: Partial<Voice>, noise?: { low: number; high: number }][]): CryVoice {
  const mean = new CryVoiceMean();
  for (const [voice, noise = NO_NOISE] of steps) mean.push({ ...CLEAR, ...voice }, noise, STEP_S);
  return mean.voice;
}

describe('CryVoiceMean', () => {
  it('is a step where there is one', () => {
    const { f0Hz, roughness, balanceDb } = meanOf([{ periodicity: 0.9 }]);
    assertNear(f0Hz, 400, 1e-6);
    assertNear(roughness, 0.1, 1e-9);
    assertNear(balanceDb, -10, 1e-6);
  });

  it('has the geometric mean of F0, by power', () => {
    assertNear(meanOf([{ f0Hz: 400 }], [{ f0Hz: 900 }]).f0Hz, 600, 3);
    assertNear(meanOf([{ f0Hz: 400 }], [{ f0Hz: 900, lowDb: -60, highDb: -70 }]).f0Hz, 400, 1);
    assertNear(meanOf([{}], [{ f0Hz: null, periodicity: 0 }]).f0Hz, 400, 1e-6);
  });

  it('leaves out the noise of the room', () => {
    const noise = { low: 0.01, high: 0.001 };
    // As loud as the voice itself in both bands, and nothing of the rest of the voice is periodic.
    const noisy = { periodicity: 0.5, lowDb: 10 * Math.log10(0.02), highDb: 10 * Math.log10(0.002) };
    const { roughness, balanceDb } = meanOf([noisy, noise], [noisy, noise]);
    assertNear(roughness, 0, 1e-9);
    assertNear(balanceDb, -10, 1e-6);
  });

  it('is nothing without a voice, and in silence', () => {
    const silence = { f0Hz: null, periodicity: 0, lowDb: -120, highDb: -120 };
    assert.equal(meanOf([silence]).f0Hz, null);
    for (const voice of [meanOf([silence, { low: 1, high: 1 }]), meanOf([silence])]) {
      assert.ok(voice.roughness >= 0 && voice.roughness <= 1);
      assert.ok(Number.isFinite(voice.balanceDb));
    }
  });

  it('forgets half in 10 s', () => {
    const high = { f0Hz: 800 };
    const tenSeconds = Array.from({ length: Math.round(10 / STEP_S) }, (): [Partial<Voice>] => [high]);
    const long = Array.from({ length: 1000 }, (): [Partial<Voice>] => [{}]);
    assertNear(meanOf(...long, ...tenSeconds).f0Hz, 400 * 2 ** 0.5, 3);
  });
});
