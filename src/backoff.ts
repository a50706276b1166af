import type { SourceTrouble } from './values.js';

/** The wait before the second try and the longest one, in ms. */
interface Pace {
  firstMs: number;
  mostMs: number;
}

const USUAL: Pace = { firstMs: 1000, mostMs: 60_000 };
const PACES: Partial<Record<SourceTrouble, Pace>> = {
  // Cameras lock an account after some five wrong passwords in half an hour: these are four at most.
  'wrong-password': { firstMs: 600_000, mostMs: 1_800_000 },
  // To look for a microphone costs little, and whoever plugged it in again stands beside it.
  'no-device': { firstMs: 1000, mostMs: 10_000 },
};

/**
 * How long to wait before a source is opened again: twice as long after each failure, and somewhere between the half and
 * the whole of that, so that cameras behind one router do not all come back at once.
 */
export class Backoff {
  private failures = 0;
  private pace = USUAL;

  /** @param random gives numbers in [0, 1) */
  constructor(private readonly random: () => number) {}

  /** The wait in ms after one more failure of a kind. */
  next(kind: SourceTrouble): number {
    const pace = PACES[kind] ?? USUAL;
    // A camera that was off for long and then asks for a password did not do so many times.
    if (pace !== this.pace) this.reset();
    this.pace = pace;
    const { firstMs, mostMs } = pace;
    const wholeMs = Math.min(mostMs, firstMs * 2 ** this.failures++);
    return wholeMs * (0.5 + 0.5 * this.random());
  }

  /** Begins anew: the source has been heard for long enough. */
  reset(): void {
    this.failures = 0;
  }
}
