import assert from 'node:assert/strict';
import { SEED_FRONT_END } from '../../src/features/front-end.js';
import { LogMelTwin } from '../../src/features/log-mel-twin.js';
import { signals } from './signals.js';

describe('LogMelTwin', () => {
  for (const { name, samples, librosa } of signals)
    it(`gives librosa's numbers for ${name}`, () => {
      const twin = new LogMelTwin().push(samples);
      assert.equal(twin.length, librosa.length);
      librosa.forEach((expected, i) => {
        assert.ok(Math.abs(twin[i] - expected) < 1e-5, `at ${i}: ${twin[i]}, not ${expected}`);
      });
    });

  it('hears a tone in its band at any setting', () => {
    const twin = new LogMelTwin({
      ...SEED_FRONT_END,
      fftSize: 512,
      hop: 160,
      mels: 40,
      fMin: 100,
      fMax: 4000,
    });
    const tone = Float32Array.from({ length: 16000 }, (_, n) => Math.sin((2 * Math.PI * 1000 * n) / 16000));
    const frames = twin.push(tone);
    assert.equal(frames.length, 40 * (1 + Math.floor((16000 - 512) / 160)));
    // 100 Hz, 1 kHz and 4 kHz are 1.5, 15 and 35.16 mel: 41 steps of 0.82 lie between the outer two, and the centre of
    // band m is m + 1 of them above the lowest.
    const loudest = frames.subarray(0, 40).indexOf(Math.max(...frames.subarray(0, 40)));
    assert.equal(loudest, Math.round((15 - 1.5) / ((35.16 - 1.5) / 41)) - 1);
  });
});
