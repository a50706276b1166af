/** The longest wait before the second try, and before any try, in ms. */
export interface Waits {
  firstMs: number;
  mostMs: number;
}

const USUAL_WAITS: Waits = { firstMs: 1000, mostMs: 60_000 };

/**
 * How long to wait before the next try: twice as long after each failure, and at random between half and all of that, so
 * that many who lost the same server do not all come back at once.
 */
export class Backoff {
  private failures = 0;
  private waits = USUAL_WAITS;

  /** @param random gives numbers in [0, 1) */
  constructor(private readonly random: () => number) {}

  /**
   * The wait in ms after one more failure.
   * @param waits those of this kind of failure; after a failure of another kind they begin with the first
   */
  next(waits: Waits = USUAL_WAITS): number {
    if (waits.firstMs !== this.waits.firstMs || waits.mostMs !== this.waits.mostMs) this.reset();
    this.waits = waits;
    const wholeMs = Math.min(waits.mostMs, waits.firstMs * 2 ** this.failures++);
    return wholeMs * (0.5 + 0.5 * this.random());
  }

  /** Begins anew: it has worked for long enough. */
  reset(): void {
    this.failures = 0;
  }
}
