import type { Voice } from '../values.js';

/** Within this time every baby breathes in, and even a rough cry has clear moments. */
const MEMORY_S = 15;
/** Share of that time in which there is less than what is taken: of the very least a gap of the source would decide. */
const QUIET_SHARE = 0.1;
/** That of steady noise lies so much below its mean. Measured on white, fan and room noise. */
const QUIET_LEVEL = 0.89;

/** Mean squares of what lies below and above 1 kHz in the band of a Voice. */
export interface BandPowers {
  low: number;
  high: number;
}

export function bandPowers({ lowDb, highDb }: Voice): BandPowers {
  return { low: 10 ** (lowDb / 10), high: 10 ** (highDb / 10) };
}

/**
 * The steady noise of a room, also while somebody cries in it: no step holds less than the room does, so it shows as
 * the least that recent steps had beside their voice (after the minimum statistics of Martin 2001, IEEE Transactions on
 * Speech and Audio Processing 9).
 */
export class NoiseFloor {
  private recent: { rest: BandPowers; durationS: number }[] = [];
  private heardS = 0;

  /** Takes a step of `durationS` seconds. */
  push(voice: Voice, durationS: number): void {
    const { low, high } = bandPowers(voice);
    const share = (1 - voice.periodicity) / QUIET_LEVEL;
    this.recent.push({ rest: { low: share * low, high: share * high }, durationS });
    this.heardS += durationS;
    while (this.heardS > MEMORY_S && this.recent.length > 1) this.heardS -= this.recent.shift()!.durationS;
  }

  /** The noise in the last step; there must be one. */
  get powers(): BandPowers {
    const rising = this.recent.map(({ rest }) => rest).sort((a, b) => a.low + a.high - b.low - b.high);
    return rising[Math.floor(QUIET_SHARE * rising.length)];
  }
}
