import assert from 'node:assert/strict';
import { Random } from '../../src/maths/random.js';
import { curve, synthesiseVoice, type VoiceState } from '../../src/synth/voice.js';
import { pitches, share, spectrum } from './analysis.js';

const STEADY = { jitter: 0, shimmer: 0, damping: 1, glottalFormant: 0 };

function sing(state: Partial<VoiceState>): Float32Array {
  return synthesiseVoice(1, STEADY, new Random(1), () => ({
    f0Hz: 400,
    voicing: 1,
    breath: 0,
    formantsHz: [1100, 3300, 5500],
    tilt: 1,
    roughness: 0,
    ...state,
  }));
}

/** Share of the power that lies within 30 Hz of a multiple of a frequency. */
function harmonicShare(samples: Float32Array, f0Hz: number): number {
  const power = spectrum(samples.subarray(2048));
  let sum = 0;
  for (let hz = f0Hz; hz < 8000; hz += f0Hz) sum += share(power, hz - 30, hz + 30);
  return sum;
}

describe('synthesiseVoice', () => {
  for (const f0Hz of [333, 610, 1330, 1710]) {
    it(`has power at the harmonics of ${f0Hz} Hz only, none folded back from above 8 kHz`, () => {
      assert.ok(harmonicShare(sing({ f0Hz, tilt: 0.3 }), f0Hz) > 0.9999);
    });
  }

  it('leaves the band above 7.8 kHz to nothing, also while F0 jumps to three times itself', () => {
    const samples = synthesiseVoice(1, STEADY, new Random(1), timeS => ({
      f0Hz: timeS % 0.2 < 0.1 ? 450 : 1350,
      voicing: 1,
      breath: 0,
      formantsHz: [1100, 3300, 5500],
      tilt: 0.3,
      roughness: 0,
    }));
    assert.ok(share(spectrum(samples), 7800, 8000) < 1e-4);
  });

  it('sings at the F0 it is told', () => {
    for (const hz of pitches(sing({ f0Hz: 400 }), 150, 900)) assert.ok(Math.abs(hz - 400) < 8, `${hz} Hz`);
  });

  it('doubles the period when rough', () => {
    const power = spectrum(sing({ roughness: 0.5 }));
    assert.ok(share(power, 170, 230) > 3 * share(power, 270, 330));
  });

  it('shapes breath by the formants', () => {
    const power = spectrum(sing({ voicing: 0, breath: 1, formantsHz: [1000, 3000, 5000] }));
    assert.ok(share(power, 900, 1100) > 5 * share(power, 1900, 2100));
    assert.ok(share(power, 2900, 3100) > 3 * share(power, 1900, 2100));
  });

  it('weakens the fundamental of a pressed voice', () => {
    const pressed = synthesiseVoice(1, { ...STEADY, glottalFormant: 2 }, new Random(1), () => ({
      f0Hz: 400,
      voicing: 1,
      breath: 0,
      formantsHz: [1100, 3300, 5500],
      tilt: 1,
      roughness: 0,
    }));
    const fundamental = (samples: Float32Array): number => share(spectrum(samples), 350, 450);
    assert.ok(fundamental(pressed) < 0.2 * fundamental(sing({})));
  });
});

describe('curve', () => {
  it('passes its points, lies between them, and holds its ends', () => {
    const value = curve([
      [1, 10],
      [2, 20],
      [4, 0],
    ]);
    assert.deepEqual([0, 1, 2, 4, 9].map(value), [10, 10, 20, 0, 0]);
    assert.ok(Math.abs(value(1.5) - 15) < 1e-9);
    assert.ok(value(1.25) > 10 && value(1.25) < 15);
  });
});
