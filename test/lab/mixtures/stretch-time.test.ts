import assert from 'node:assert/strict';
import { stretchTime } from '../../../src/lab/mixtures/stretch-time.js';

const RATE = 16000;

describe('stretchTime', () => {
  /** Frequency of a tone by its zero crossings, Hz. */
  function frequencyOf(samples: Float32Array): number {
    let crossings = 0;
    for (let i = 1; i < samples.length; i++) if (samples[i - 1] < 0 && samples[i] >= 0) crossings++;
    return (crossings * RATE) / samples.length;
  }

  for (const [hz, factor] of [
    [220, 0.8],
    [450, 1.25],
    [900, 1.1],
  ]) {
    it(`keeps a tone of ${hz} Hz that is made ${factor} times as long, and its level`, () => {
      const tone = Float32Array.from({ length: 2 * RATE }, (_, i) => Math.sin((2 * Math.PI * hz * i) / RATE));
      const stretched = stretchTime(tone, Math.round(tone.length * factor));
      assert.equal(stretched.length, Math.round(tone.length * factor));
      assert.ok(Math.abs(frequencyOf(stretched) - hz) < hz * 0.01, `${frequencyOf(stretched)} Hz`);
      const rms = Math.sqrt(stretched.reduce((sum, x) => sum + x * x, 0) / stretched.length);
      assert.ok(Math.abs(rms - Math.SQRT1_2) < 0.05, `${rms}`);
    });
  }

  it('puts a click where it belongs', () => {
    const samples = new Float32Array(RATE);
    samples[8000] = 1;
    const stretched = stretchTime(samples, 2 * RATE);
    const at = stretched.findIndex(x => x > 0.3);
    assert.ok(Math.abs(at - 16000) < 700, `${at}`);
  });

  it('leaves silence silent', () => {
    assert.ok(stretchTime(new Float32Array(RATE), 20000).every(x => x === 0));
  });
});
