import assert from 'node:assert/strict';
import { Fft } from '../../src/features/fft.js';
import { noise } from './signals.js';

describe('Fft', () => {
  for (const size of [2, 8, 64, 512]) {
    it(`transforms ${size} numbers as the definition does`, () => {
      const samples = noise(2 * size);
      const [re, im] = [samples.slice(0, size), samples.slice(size)];
      new Fft(size).transform(re, im);
      for (let k = 0; k < size; k++) {
        let [sumRe, sumIm] = [0, 0];
        for (let n = 0; n < size; n++) {
          const angle = (-2 * Math.PI * k * n) / size;
          sumRe += samples[n] * Math.cos(angle) - samples[size + n] * Math.sin(angle);
          sumIm += samples[n] * Math.sin(angle) + samples[size + n] * Math.cos(angle);
        }
        assert.ok(Math.hypot(re[k] - sumRe, im[k] - sumIm) < 1e-9, `bin ${k}`);
      }
    });
  }
});
