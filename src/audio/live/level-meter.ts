import { SAMPLE_RATE } from '../../values.js';

/** Level of a second below which no microphone in a room is: its own noise is louder. 16 bit rounding is at -101 dB. */
const SILENCE_DB = -85;
const LOWEST_DB = -120;
/** Amplitude from which on a sample counts as at full scale; 16 bit reach 1 - 2^-15, A-law 0.984. */
const FULL_SCALE = 0.98;

/** What a second of audio, or as long as is measured, was like. */
export interface Level {
  /** Root mean square without the mean, in dB of full scale; -120 at least. */
  levelDb: number;
  /** Share of samples at full scale, in [0, 1]. */
  clipping: number;
}

/**
 * Measures audio second by second, unless another length is given. The mean is left out, since a muted camera may send a constant: A-law has no code for
 * zero (ITU-T G.711).
 */
export class LevelMeter {
  /** The last whole second. */
  level: Level | undefined;
  /** Seconds in a row that were silent, to the last whole one. */
  silentS = 0;
  private count = 0;
  private sum = 0;
  private squares = 0;
  private full = 0;

  /** @param length samples that are measured together */
  constructor(private readonly length = SAMPLE_RATE) {}

  push(samples: Float32Array): void {
    for (let at = 0; at < samples.length;) {
      const end = Math.min(samples.length, at + this.length - this.count);
      this.add(samples.subarray(at, end));
      at = end;
      if (this.count === this.length) this.endSecond();
    }
  }

  /** By index and in variables: an iterator and fields would leave garbage for each sample. */
  private add(samples: Float32Array): void {
    let { sum, squares, full } = this;
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i];
      sum += sample;
      squares += sample * sample;
      if (Math.abs(sample) >= FULL_SCALE) full++;
    }
    this.sum = sum;
    this.squares = squares;
    this.full = full;
    this.count += samples.length;
  }

  private endSecond(): void {
    const mean = this.sum / this.length;
    const power = this.squares / this.length - mean * mean;
    const levelDb = power > 0 ? Math.max(LOWEST_DB, 10 * Math.log10(power)) : LOWEST_DB;
    this.level = { levelDb, clipping: this.full / this.length };
    this.silentS = levelDb < SILENCE_DB ? this.silentS + 1 : 0;
    this.count = this.sum = this.squares = this.full = 0;
  }
}
