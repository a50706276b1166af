import { SAMPLE_RATE } from '../values.js';

/** Below every voice, and above what microphones add: an offset that never changes, wind, and steps. */
const CUTOFF_HZ = 20;
const POLE = Math.exp((-2 * Math.PI * CUTOFF_HZ) / SAMPLE_RATE);

/**
 * A high-pass of first order at 20 Hz for one stream: y[n] = (1 + r) / 2 (x[n] - x[n - 1]) + r y[n - 1], with r the pole
 * (Oppenheim and Schafer, Discrete-Time Signal Processing, section 6.3). Without it, a microphone's offset of some percent
 * is louder than a quiet cry. The result depends on the samples alone, not on how they were cut into pieces.
 */
export class HighPass {
  private before = NaN;
  private result = 0;

  /** Filters samples of 16 kHz in place; what is not finite counts as 0. */
  filter(samples: Float32Array): void {
    let { before, result } = this;
    for (let i = 0; i < samples.length; i++) {
      const sample = Number.isFinite(samples[i]) ? samples[i] : 0;
      // A stream begins as if it had always been at its first sample.
      if (Number.isNaN(before)) before = sample;
      result = ((1 + POLE) / 2) * (sample - before) + POLE * result;
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
