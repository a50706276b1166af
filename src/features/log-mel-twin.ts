import { Fft } from './fft.js';
import { hannWindow } from './hann-window.js';
import { SEED_FRONT_END, type FrontEnd } from './front-end.js';
import { melFilters, type MelFilter } from './mel-filters.js';

/**
 * LogMel in plain 64-bit TypeScript, for any setting whose fftSize is a power of two: what LogMel is checked against.
 * About ten times slower; the same methods, results and frames.
 */
export class LogMelTwin {
  readonly mels: number;
  readonly hop: number;
  readonly fftSize: number;
  private readonly fft: Fft;
  private readonly window: Float64Array;
  private readonly filters: MelFilter[];
  private pending: number[] = [];

  constructor(frontEnd: FrontEnd = SEED_FRONT_END) {
    this.mels = frontEnd.mels;
    this.hop = frontEnd.hop;
    this.fftSize = frontEnd.fftSize;
    this.fft = new Fft(frontEnd.fftSize);
    this.window = hannWindow(frontEnd.fftSize);
    this.filters = melFilters(frontEnd);
  }

  /** See LogMel.push. */
  push(samples: Float32Array): Float32Array {
    for (const sample of samples) this.pending.push(Number.isFinite(sample) ? sample : 0);
    const rows: number[] = [];
    let first = 0;
    for (; first + this.fftSize <= this.pending.length; first += this.hop) {
      const re = this.window.map((weight, n) => weight * this.pending[first + n]);
      const im = new Float64Array(this.fftSize);
      this.fft.transform(re, im);
      const power = re.map((real, bin) => real ** 2 + im[bin] ** 2);
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
