import type { CryVoice, Voice } from '../values.js';
import { bandPowers, type BandPowers } from './noise-floor.js';

/** What was heard so long ago counts half: a cry that grows into screaming soon is one. */
const HALF_LIFE_S = 10;
const LEAST_POWER = 1e-12;

/** The voice of a cry, averaged over the steps in which it was heard, without the noise of the room. */
export class CryVoiceMean {
  /** Sums of mean squares; those of the bands without the room's noise. */
  private low = 0;
  private high = 0;
  private periodic = 0;
  /** Sum of log2 of F0, weighted by periodic power. */
  private octaves = 0;

  /** Takes a step that brought `durationS` seconds of the cry, and the noise that it holds. */
  push(voice: Voice, noise: BandPowers, durationS: number): void {
    const { low, high } = bandPowers(voice);
    const periodic = voice.periodicity * (low + high);
    const kept = 0.5 ** (durationS / HALF_LIFE_S);
    this.low = kept * this.low + low - noise.low;
    this.high = kept * this.high + high - noise.high;
    this.periodic = kept * this.periodic + periodic;
    this.octaves = kept * this.octaves + (voice.f0Hz === null ? 0 : periodic * Math.log2(voice.f0Hz));
  }

  get voice(): CryVoice {
    const low = Math.max(0, this.low) + LEAST_POWER;
    const high = Math.max(0, this.high) + LEAST_POWER;
    return {
      f0Hz: this.periodic > 0 ? 2 ** (this.octaves / this.periodic) : null,
      roughness: Math.max(0, 1 - this.periodic / (low + high)),
      balanceDb: 10 * Math.log10(high / low),
    };
  }
}
