import { SAMPLE_RATE } from '../values.js';

/** Below every voice, and above what microphones add: an offset that never changes, wind, and steps. */
const CUTOFF_HZ = 20;

/**
 * A high-pass of first order for one stream, at 20 Hz unless another frequency is given: y[n] = (1 + r) / 2 (x[n] - x[n - 1]) + r y[n - 1], with r the pole
 * (Oppenheim and Schafer, Discrete-Time Signal Processing, section 6.3). Without it, a microphone's offset of some percent
 * is louder than a quiet cry. The result depends on the samples alone, not on how they were cut into pieces.
 */
export class HighPass {
  private before = NaN;
  private result = 0;
  private readonly pole: number;

  constructor(cutoffHz = CUTOFF_HZ) {
    this.pole = Math.exp((-2 * Math.PI * cutoffHz) / SAMPLE_RATE);
  }

  /** Filters samples of 16 kHz in place; what is not finite counts as 0. */
  filter(samples: Float32Array): void {
    const { pole } = this;
    let { before, result } = this;
    for (let i = 0; i < samples.length; i++) {
      const sample = Number.isFinite(samples[i]) ? samples[i] : 0;
      // A stream begins as if it had always been at its first sample.
      if (Number.isNaN(before)) before = sample;
      result = ((1 + pole) / 2) * (sample - before) + pole * result;
      before = sample;
      samples[i] = result;
    }
    this.before = before;
    this.result = result;
  }

  /** The next sample begins a new stream. */
  reset(): void {
    this.before = NaN;
    this.result = 0;
  }
}
