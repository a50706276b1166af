import assert from 'node:assert/strict';
import { synthesiseCry } from '../../src/synth/cry.js';
import { distress, intensityOf } from '../../src/detect/intensity.js';
import { INTENSITIES, SAMPLE_RATE, type CryVoice, type Intensity } from '../../src/values.js';
import { noise } from '../features/signals.js';
import { HOP_SAMPLES } from './steps.js';
import { inNoise, voiceIn } from './voices.js';

const MIDDLE: CryVoice = { f0Hz: 495, roughness: 0.1, balanceDb: 0 };

describe('distress', () => {
  it('is a half in the middle of all measures', () => {
    assert.ok(Math.abs(distress(MIDDLE) - 0.5) < 0.01);
  });

  const rising: [string, CryVoice[]][] = [
    ['pitch', [null, 350, 400, 500, 690].map(f0Hz => ({ ...MIDDLE, f0Hz }))],
    ['roughness', [0, 0.05, 0.1, 0.19].map(roughness => ({ ...MIDDLE, roughness }))],
    ['balance', [-9, -3, 3, 9].map(balanceDb => ({ ...MIDDLE, balanceDb }))],
  ];
  for (const [name, voices] of rising) {
    it(`rises with ${name}`, () => {
      const values = voices.map(distress);
      assert.deepEqual(
        values,
        [...values].sort((a, b) => a - b),
      );
      assert.ok(values.at(-1)! - values[0] > 0.2, values.join(' '));
    });
  }

  it('stays within 0 and 1', () => {
    assert.equal(distress({ f0Hz: null, roughness: 0, balanceDb: -60 }), 0);
    assert.equal(distress({ f0Hz: 200, roughness: 0, balanceDb: -60 }), 0);
    assert.equal(distress({ f0Hz: 3000, roughness: 1, balanceDb: 60 }), 1);
  });
});

describe('intensityOf', () => {
  const table: [CryVoice, Intensity][] = [
    [{ f0Hz: null, roughness: 0, balanceDb: 0 }, 'fuss'],
    [{ f0Hz: 370, roughness: 0.03, balanceDb: 3 }, 'fuss'],
    [{ f0Hz: 450, roughness: 0.07, balanceDb: 3 }, 'cry'],
    [{ f0Hz: 520, roughness: 0.15, balanceDb: 5 }, 'scream'],
    [{ f0Hz: 1200, roughness: 0.02, balanceDb: 5 }, 'scream'],
  ];
  for (const [voice, expected] of table) {
    it(`calls ${JSON.stringify(voice)} a ${expected}`, () => {
      assert.equal(intensityOf(voice), expected);
    });
  }

  describe("of the synthesiser's cries", () => {
    const cries = INTENSITIES.map(intensity =>
      Array.from({ length: 10 }, (_, seed) => synthesiseCry({ seed, durationS: 8, intensity })),
    );
    const clean = cries.map(ones => ones.map(cry => intensityOf(voiceIn(cry))));

    it('is theirs for three of four, and never the opposite', () => {
      const all = clean.flatMap((heard, i) => heard.map(one => INTENSITIES.indexOf(one) - i));
      assert.ok(all.filter(off => off === 0).length >= 0.75 * all.length, all.join(' '));
      assert.ok(
        all.every(off => Math.abs(off) < 2),
        all.join(' '),
      );
    });

    it('does not change with the gain of the microphone', () => {
      for (const gain of [0.1, 10]) {
        const heard = cries.map(ones => ones.map(cry => intensityOf(voiceIn(cry.map(x => gain * x)))));
        assert.deepEqual(heard, clean);
      }
    });

    it('rarely changes with a white-noise machine 5 dB below', () => {
      const beforeS = 4;
      const hiss = Float32Array.from(noise(12 * SAMPLE_RATE));
      const changed = cries.flatMap((ones, i) =>
        ones.filter((cry, seed) => {
          const voice = voiceIn(
            inNoise(cry, hiss, 5, beforeS),
            hop => hop * HOP_SAMPLES >= beforeS * SAMPLE_RATE,
          );
          return intensityOf(voice) !== clean[i][seed];
        }),
      );
      assert.ok(changed.length <= 3, `${changed.length} of 30`);
    });
  });
});
