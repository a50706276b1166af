import { concat } from '../concat.js';
import { besselI0 } from '../maths/bessel.js';
import { SAMPLE_RATE } from '../values.js';
import { filterPolyphase } from './polyphase.js';

/** Stop band of the filters in dB; a little more than the 80 dB promised, for the rounding of coefficients. */
const STOP_BAND_DB = 83;

/**
 * End of a filter's design pass band as a share of the lower Nyquist frequency. A Kaiser filter is still within
 * 0.1 dB an eighth of the way into its transition band, so the resampler is flat to 0.9.
 */
const PASS_BAND = 0.886;

/**
 * Most rows of taps of a filter, so that no rate takes long to design for. Recorders' rates need 640 (11025 Hz) or
 * fewer. A rate that needs more, such as 44101 Hz, is taken for the nearest one that does not: by 5 ppm or less for all
 * but a few, 125 ppm at most (7999 Hz) of the whole rates from 1 to 384 kHz. Recorders' clocks are not truer.
 */
const MOST_PHASES = 4000;

/**
 * Changes the sample rate of a stream with linear-phase low-pass filters. The pass band is flat within 0.1 dB to
 * 0.9 of the lower Nyquist frequency; from that frequency on everything is at least 80 dB down. Output sample n is
 * the sound at n / toRate seconds, and N input samples give round(N * toRate / fromRate) output samples, nearly so at
 * rates that no recorder has (MOST_PHASES). The split into pushes never changes a bit of the output. Equal rates pass
 * through.
 *
 * Rates of twice the target and more are first halved: a halving needs only a short filter, and the long one then
 * runs at the lower rate (Crochiere and Rabiner, Multirate Digital Signal Processing, 1983, chapter 5).
 */
export class Resampler {
  private readonly stages: Stage[] = [];
  /** Output samples per input sample: up / down. */
  private readonly up: number = 1;
  private readonly down: number = 1;
  private samplesIn = 0;
  private samplesOut = 0;

  /** Rates in whole Hz. */
  constructor(fromRate: number, toRate: number = SAMPLE_RATE) {
    if (fromRate === toRate) return;
    const nyquist = Math.min(fromRate, toRate) / 2;
    const pass = PASS_BAND * nyquist;
    let halvings = 0;
    for (let rate = fromRate; rate > 2 * toRate; rate /= 2, halvings++) {
      // What folds onto frequencies above the last stage's stop band is of no concern here.
      this.stages.push(new Stage(1, 2, pass / rate, (rate / 2 - nyquist) / rate));
    }
    const lastRate = fromRate / 2 ** halvings;
    const { up, down } = nearestRatio(toRate, lastRate);
    this.up = up;
    this.down = down * 2 ** halvings;
    this.stages.push(new Stage(up, down, pass / lastRate, nyquist / lastRate));
  }

  /** Takes samples at `fromRate` and gives those at `toRate` that they complete. */
  push(samples: Float32Array): Float32Array {
    this.samplesIn += samples.length;
    const out = this.stages.reduce<Float32Array>((block, stage) => stage.push(block), samples);
    this.samplesOut += out.length;
    return out;
  }

  /** Ends the stream, silence follows it, and gives the samples that are left. */
  flush(): Float32Array {
    let rest: Float32Array = new Float32Array(0);
    for (const stage of this.stages) rest = concat([stage.push(rest), stage.flush()]);
    // Every stage rounds its length up, so there is always enough.
    return rest.subarray(0, Math.round((this.samplesIn * this.up) / this.down) - this.samplesOut);
  }
}

/**
 * One rate change by up / down: a windowed-sinc low-pass, of which only the taps that meet an input sample are
 * computed (polyphase form). The window is Kaiser's with his formulas for its shape and length (J. F. Kaiser,
 * Nonrecursive digital filter design using the I0-sinh window function, 1974; Oppenheim and Schafer,
 * Discrete-Time Signal Processing, section 7.5).
 */
class Stage {
  /** Taps on each side of an output sample's place; a multiple of 4, as the compiled code wants. */
  private readonly reach: number;
  /** up rows of 2 * reach taps. */
  private readonly taps: Float32Array;
  /** Input from `reach - 1` samples before the next output sample's place on. */
  private pending: Float32Array;
  /** Place of the next output sample: index into `pending` of its first tap, and row of taps. */
  private index = 0;
  private phase = 0;
  private samplesIn = 0;
  private samplesOut = 0;

  /** `pass` and `stop` are the edges of the transition band in cycles per input sample. */
  constructor(
    private readonly up: number,
    private readonly down: number,
    pass: number,
    stop: number,
  ) {
    const halfWidth = (STOP_BAND_DB - 7.95) / 14.36 / (stop - pass) / 2;
    this.reach = 4 * Math.ceil(halfWidth / 4);
    this.taps = designTaps(up, this.reach, halfWidth, pass + stop);
    this.pending = new Float32Array(this.reach - 1);
  }

  push(samples: Float32Array): Float32Array {
    this.samplesIn += samples.length;
    const { taps, up, down, index, phase } = this;
    const input = concat([this.pending, samples]);
    const out = filterPolyphase(input.subarray(index), taps, up, down, phase);
    const next = phase + out.length * down;
    const nextIndex = index + Math.floor(next / up);
    const used = Math.min(nextIndex, input.length);
    this.pending = input.slice(used);
    this.index = nextIndex - used;
    this.phase = next % up;
    this.samplesOut += out.length;
    return out;
  }

  /** The output samples up to the end of the input. */
  flush(): Float32Array {
    const left = Math.ceil((this.samplesIn * this.up) / this.down) - this.samplesOut;
    return this.push(new Float32Array(this.reach + 1)).subarray(0, left);
  }
}

/** Rows of taps for each of `phases` places between two input samples; `bandwidth` is twice the cut-off. */
function designTaps(phases: number, reach: number, halfWidth: number, bandwidth: number): Float32Array {
  const beta = 0.1102 * (STOP_BAND_DB - 8.7);
  const taps = new Float32Array(phases * 2 * reach);
  const row = new Float64Array(2 * reach);
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0;
    for (let tap = 0; tap < row.length; tap++) {
      const t = tap - (reach - 1) - phase / phases;
      const inside = 1 - (t / halfWidth) ** 2;
      const x = Math.PI * bandwidth * t;
      row[tap] = inside < 0 ? 0 : (x === 0 ? 1 : Math.sin(x) / x) * besselI0(beta * Math.sqrt(inside));
      sum += row[tap];
    }
    // Each row sums to 1, so that a constant stays one.
    for (let tap = 0; tap < row.length; tap++) taps[phase * row.length + tap] = row[tap] / sum;
  }
  return taps;
}

/** The ratio up / down nearest to toRate / fromRate, in its lowest terms, with `up` no more than MOST_PHASES. */
function nearestRatio(toRate: number, fromRate: number): { up: number; down: number } {
  let nearest = { up: 1, down: 0, error: Infinity };
  for (let up = 1; up <= MOST_PHASES; up++) {
    const down = Math.round((up * fromRate) / toRate);
    const error = Math.abs(down / up - fromRate / toRate);
    if (error < nearest.error) nearest = { up, down, error };
  }
  return nearest;
}
