import { SAMPLE_RATE } from '../values.js';

/** Time in which the room's sound falls by 60 dB, in seconds: a small furnished room. */
const REVERBERATION_S = 0.35;
/** The reverberation's level against the direct sound. */
const WET = 0.12;

/**
 * A sound as a microphone across a small room hears it: the direct sound and its reverberation, 0.35 s longer.
 * Four combs in parallel and two all-passes in series, with the delays of Schroeder 1962 (Natural sounding artificial
 * reverberation, J. Audio Eng. Soc. 10).
 */
export function reverberate(dry: Float32Array): Float32Array {
  const combs = [0.0297, 0.0371, 0.0411, 0.0437].map(
    delayS => new Delay(delayS, 10 ** ((-3 * delayS) / REVERBERATION_S)),
  );
  const allPasses = [0.005, 0.0017].map(delayS => new Delay(delayS, 0.7));
  const out = new Float32Array(dry.length + Math.round(REVERBERATION_S * SAMPLE_RATE));
  for (let i = 0; i < out.length; i++) {
    const direct = dry[i] ?? 0;
    let wet = 0;
    for (const comb of combs) wet += comb.comb(direct);
    for (const allPass of allPasses) wet = allPass.allPass(wet);
    out[i] = direct + WET * wet;
  }
  return out;
}

/** A delay line with feedback. */
class Delay {
  private readonly line: Float32Array;
  private at = 0;

  constructor(
    delayS: number,
    private readonly gain: number,
  ) {
    this.line = new Float32Array(Math.round(delayS * SAMPLE_RATE));
  }

  comb(sample: number): number {
    const delayed = this.line[this.at];
    this.keep(sample + this.gain * delayed);
    return delayed;
  }

  allPass(sample: number): number {
    const delayed = this.line[this.at];
    const kept = sample + this.gain * delayed;
    this.keep(kept);
    return delayed - this.gain * kept;
  }

  private keep(sample: number): void {
    this.line[this.at] = sample;
    this.at = (this.at + 1) % this.line.length;
  }
}
