import assert from 'node:assert/strict';
import { fanNoise, roomNoise } from '../../src/synth/nursery.js';
import { NoiseFloor, bandPowers, type BandPowers } from '../../src/detect/noise-floor.js';
import { measureVoice } from '../../src/features/voice.js';
import type { Voice } from '../../src/values.js';
import { HOP_S, HOP_SAMPLES } from './steps.js';

const STEP_S = 0.25;
/** What a noise that never changes is taken for: more than it is, as a real one is at times quieter. */
const TAKEN_FOR = 1 / 0.89;
const NOISE: Voice = { f0Hz: null, periodicity: 0, lowDb: -40, highDb: -50 };
const CRY: Voice = { f0Hz: 450, periodicity: 0.8, lowDb: -20, highDb: -20 };

function heardLast(...voices: Voice[]): BandPowers {
  const floor = new NoiseFloor();
  for (const voice of voices) floor.push(voice, STEP_S);
  return floor.powers;
}

function times(count: number, voice: Voice): Voice[] {
  return new Array<Voice>(count).fill(voice);
}

function assertNoise(actual: BandPowers, { low, high }: BandPowers): void {
  assert.ok(Math.abs(actual.low / low / TAKEN_FOR - 1) < 1e-9);
  assert.ok(Math.abs(actual.high / high / TAKEN_FOR - 1) < 1e-9);
}

describe('NoiseFloor', () => {
  it('is the noise before a cry and in its pauses, not the cry', () => {
    const noise = bandPowers(NOISE);
    assertNoise(heardLast(...times(40, NOISE), ...times(12, CRY)), noise);
    assertNoise(heardLast(...times(12, CRY), ...times(3, NOISE), ...times(12, CRY)), noise);
  });

  it('is no more than what a voice leaves', () => {
    const { low, high } = bandPowers(CRY);
    assertNoise(heardLast(CRY), { low: 0.2 * low, high: 0.2 * high });
  });

  it('is not one quiet moment', () => {
    const gap = { ...NOISE, lowDb: -120, highDb: -120 };
    assertNoise(heardLast(...times(20, NOISE), gap, ...times(20, NOISE)), bandPowers(NOISE));
  });

  for (const [name, sound] of [
    ['the hush of a room', roomNoise],
    ['a fan', fanNoise],
  ] as const) {
    it(`is the mean of ${name}, to 6%, on average over seeds`, () => {
      const ratios = Array.from({ length: 4 }, (_, seed) => {
        const samples = sound({ seed, durationS: 15 });
        const floor = new NoiseFloor();
        let sum = 0;
        const steps = Math.floor(samples.length / HOP_SAMPLES);
        for (let hop = 0; hop < steps; hop++) {
          const voice = measureVoice(samples.subarray(hop * HOP_SAMPLES, (hop + 1) * HOP_SAMPLES));
          const { low, high } = bandPowers(voice);
          sum += low + high;
          floor.push(voice, HOP_S);
        }
        return ((floor.powers.low + floor.powers.high) * steps) / sum;
      });
      const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
      assert.ok(Math.abs(mean - 1) < 0.06, ratios.join(' '));
    });
  }

  it('grows with the room within 15 s, and remembers no more', () => {
    const loud = { ...NOISE, lowDb: -30, highDb: -30 };
    assertNoise(heardLast(...times(100, NOISE), ...times(50, loud)), bandPowers(NOISE));
    assertNoise(heardLast(...times(100, NOISE), ...times(60, loud)), bandPowers(loud));
    const floor = new NoiseFloor();
    for (let i = 0; i < 10_000; i++) floor.push(NOISE, STEP_S);
    assert.ok(JSON.stringify(floor).length < 10_000);
  });
});
