import { Random } from '../../src/maths/random.js';
import { SAMPLE_RATE } from '../../src/values.js';

/**
 * Harmonics of equal phase whose amplitudes fall as 1/k, as many of `harmonics` as there are below 8 kHz, in white noise
 * `snrDb` below them.
 */
export function toneInNoise(f0Hz: number, harmonics: number, snrDb: number, length: number): Float32Array {
  const numbers = Array.from({ length: harmonics }, (_, i) => i + 1).filter(k => k * f0Hz < SAMPLE_RATE / 2);
  const power = numbers.reduce((sum, k) => sum + 0.1 ** 2 / 2 / k ** 2, 0);
  const noise = Math.sqrt(power) * 10 ** (-snrDb / 20);
  const random = new Random(Math.round(f0Hz));
  return Float32Array.from({ length }, (_, n) => {
    const angle = (2 * Math.PI * f0Hz * n) / SAMPLE_RATE;
    return numbers.reduce((sum, k) => sum + (0.1 / k) * Math.sin(k * angle), noise * random.normal());
  });
}
