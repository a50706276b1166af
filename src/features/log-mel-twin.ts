import { hannWindow } from './hann-window.js';
import { SEED_FRONT_END, type FrontEnd } from './log-mel.js';
import { melFilters, type MelFilter } from './mel-filters.js';

/**
 * LogMel in plain 64-bit TypeScript, for any setting whose fftSize is a power of two: what LogMel is checked against.
 * About ten times slower; the same methods, results and frames.
 */
export class LogMelTwin {
  readonly mels: number;
  readonly hop: number;
  readonly fftSize: number;
  private readonly window: Float64Array;
  private readonly filters: MelFilter[];
  private pending: number[] = [];

  constructor(frontEnd: FrontEnd = SEED_FRONT_END) {
    this.mels = frontEnd.mels;
    this.hop = frontEnd.hop;
    this.fftSize = frontEnd.fftSize;
    this.window = hannWindow(frontEnd.fftSize);
    this.filters = melFilters(frontEnd);
  }

  /** See LogMel.push. */
  push(samples: Float32Array): Float32Array {
    for (const sample of samples) this.pending.push(Number.isFinite(sample) ? sample : 0);
    const rows: number[] = [];
    let first = 0;
    for (; first + this.fftSize <= this.pending.length; first += this.hop) {
      const power = powerSpectrum(this.window.map((weight, n) => weight * this.pending[first + n]));
      for (const { firstBin, weights } of this.filters) {
        const sum = weights.reduce((total, weight, i) => total + weight * power[firstBin + i], 0);
        rows.push(10 * Math.log10(Math.max(sum, 1e-10)));
      }
    }
    this.pending = this.pending.slice(first);
    return Float32Array.from(rows);
  }

  /** See LogMel.reset. */
  reset(): void {
    this.pending = [];
  }
}

/** |DFT|^2 of real samples, bins 0 to half their number, by the radix-2 algorithm of Cooley and Tukey. */
function powerSpectrum(samples: Float64Array): Float64Array {
  const size = samples.length;
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const bits = Math.log2(size);
  for (let n = 0; n < size; n++) {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) reversed |= ((n >> bit) & 1) << (bits - 1 - bit);
    re[reversed] = samples[n]!;
  }
  for (let half = 1; half < size; half *= 2)
    for (let k = 0; k < half; k++) {
      const [cos, sin] = [Math.cos((Math.PI * k) / half), -Math.sin((Math.PI * k) / half)];
      for (let even = k; even < size; even += 2 * half) {
        const odd = even + half;
        const [oddRe, oddIm] = [re[odd] * cos - im[odd] * sin, re[odd] * sin + im[odd] * cos];
        re[odd] = re[even] - oddRe;
        im[odd] = im[even] - oddIm;
        re[even] += oddRe;
        im[even] += oddIm;
      }
    }
  return re.subarray(0, size / 2 + 1).map((real, bin) => real ** 2 + im[bin] ** 2);
}
