import assert from 'node:assert/strict';
import { synthesiseCry } from '../../src/synth/cry.js';
import { INTENSITIES, SAMPLE_RATE } from '../../src/values.js';
import { levels, median, peakDb, pitches, share, spectrum } from './analysis.js';

const SEEDS = Array.from({ length: 6 }, (_, i) => i);

/** Lengths in seconds of the stretches above (`true`) or below a level that follow each other in a sound. */
function stretches(samples: Float32Array, thresholdDb: number): { loud: boolean; lengthS: number }[] {
  const found: { loud: boolean; lengthS: number }[] = [];
  for (const level of levels(samples, 0.02)) {
    const loud = level > thresholdDb;
    if (found.at(-1)?.loud === loud) found.at(-1)!.lengthS += 0.02;
    else found.push({ loud, lengthS: 0.02 });
  }
  return found;
}

describe('synthesiseCry', () => {
  it('repeats by seed to the bit, and differs between seeds and intensities', () => {
    const cry = synthesiseCry({ seed: 1, durationS: 2 });
    assert.deepEqual(synthesiseCry({ seed: 1, durationS: 2, intensity: 'cry' }), cry);
    assert.notDeepEqual(synthesiseCry({ seed: 2, durationS: 2 }), cry);
    assert.notDeepEqual(synthesiseCry({ seed: 1, durationS: 2, intensity: 'fuss' }), cry);
  });

  it('sounds the same as when its levels were noted', () => {
    // To half a dB: mathematical functions may differ in their last bit between machines.
    const noted = [-31.9, -34.5, -35.7, -33.4, -34.7, -31.8];
    levels(synthesiseCry({ seed: 42, durationS: 6 }), 1).forEach((level, i) => {
      assert.ok(Math.abs(level - noted[i]) < 0.5, `second ${i}: ${level} dB`);
    });
  });

  for (const intensity of INTENSITIES) {
    describe(intensity, () => {
      const cries = SEEDS.map(seed => synthesiseCry({ seed, durationS: 8, intensity }));

      it('has its length and level, without a constant part', () => {
        for (const cry of cries) {
          assert.equal(cry.length, 8 * SAMPLE_RATE);
          assert.ok(cry.every(Number.isFinite));
          const level = { fuss: -18, cry: -12, scream: -6 }[intensity];
          assert.ok(Math.abs(peakDb(cry) - level) < 0.01);
          assert.ok(Math.abs(cry.reduce((a, b) => a + b, 0) / cry.length) < 0.001);
        }
      });

      it('has an F0 of 300 to 600 Hz but for hyperphonation, and no baby like the other', () => {
        const all = cries.map(cry => pitches(cry, 200, 1700));
        const inRange = all.flat().filter(hz => hz > 290 && hz < 625);
        assert.ok(inRange.length > 0.85 * all.flat().length, `${inRange.length} of ${all.flat().length}`);
        const middles = all.map(median);
        assert.ok(Math.min(...middles) > 300 && Math.max(...middles) < 600, middles.join(' '));
        assert.ok(Math.max(...middles) - Math.min(...middles) > 30, middles.join(' '));
      });

      it('comes in bursts with pauses between, from the first moment to the last', () => {
        for (const cry of cries) {
          const parts = stretches(cry, peakDb(cry) - 30);
          const bursts = parts.filter(({ loud, lengthS }) => loud && lengthS > 0.3);
          const pauses = parts.slice(1, -1).filter(({ loud, lengthS }) => !loud && lengthS > 0.1);
          assert.ok(bursts.length >= 4 && bursts.length <= 9, `${bursts.length} bursts`);
          assert.ok(bursts.every(({ lengthS }) => lengthS < 1.8));
          assert.ok(pauses.length >= bursts.length - 1, `${pauses.length} pauses`);
          assert.ok(new Set(bursts.map(({ lengthS }) => lengthS.toFixed(2))).size > 2);
          const ends = stretches(cry, peakDb(cry) - 40);
          for (const end of [ends[0], ends.at(-1)!]) assert.ok(end.loud || end.lengthS < 0.2);
        }
      });

      it('has harmonics well beyond 3 kHz', () => {
        for (const cry of cries) assert.ok(share(spectrum(cry), 3000, 7000) > 0.003);
      });
    });
  }

  it('raises F0 and the share of high harmonics with the intensity', () => {
    const means = INTENSITIES.map(intensity => {
      const cries = SEEDS.map(seed => synthesiseCry({ seed, durationS: 3, intensity }));
      const mean = (value: (cry: Float32Array) => number): number =>
        cries.reduce((sum, cry) => sum + value(cry), 0) / cries.length;
      return {
        f0Hz: mean(cry => median(pitches(cry, 200, 900))),
        high: mean(cry => share(spectrum(cry), 2000, 7000)),
      };
    });
    const [fuss, cry, scream] = means;
    assert.ok(fuss.f0Hz + 20 < cry.f0Hz && cry.f0Hz + 20 < scream.f0Hz, JSON.stringify(means));
    assert.ok(fuss.high < cry.high && cry.high < scream.high, JSON.stringify(means));
  });

  it('makes one burst of a moment, and nothing of no time', () => {
    const moment = synthesiseCry({ seed: 1, durationS: 0.5 });
    assert.equal(stretches(moment, -42).filter(({ loud, lengthS }) => loud && lengthS > 0.1).length, 1);
    assert.equal(synthesiseCry({ seed: 1, durationS: 0 }).length, 0);
  });
});
