/** Sample rates of microphones and codecs, in Hz. */
const RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
/** By so much a measured rate may differ from a usual one. */
const TOLERANCE = 0.03;
/** A rate that differs by less is right: clocks, losses and jitter make as much. */
const LEAST_ERROR = 0.06;

/** Compares how fast a source's samples arrive with the rate that it declares. */
export class RateCheck {
  private suspect: number | undefined;
  private startMs: number | undefined;
  private count = 0;

  /**
   * @param sampleRate in Hz, as declared
   * @param windowMs sound is counted for so long, twice
   */
  constructor(
    private readonly sampleRate: number,
    private readonly windowMs: number,
  ) {}

  /**
   * Counts sound that has just arrived.
   * @param durationS as long as it lasts at the declared rate
   * @returns the rate in Hz with which the sound comes, if it is another one
   */
  push(durationS: number, nowMs: number): number | undefined {
    if (this.startMs === undefined) {
      this.startMs = nowMs;
      this.count = 0;
      return undefined;
    }
    this.count += durationS;
    const passedS = (nowMs - this.startMs) / 1000;
    if (passedS * 1000 < this.windowMs) return undefined;
    const measured = (this.sampleRate * this.count) / passedS;
    const isRight = Math.abs(measured / this.sampleRate - 1) < LEAST_ERROR;
    const rate = isRight ? undefined : RATES.find(one => Math.abs(measured / one - 1) < TOLERANCE);
    const isConfirmed = rate !== undefined && rate === this.suspect;
    this.suspect = rate;
    this.startMs = nowMs;
    this.count = 0;
    return isConfirmed ? rate : undefined;
  }

  /** Sound was lost: what was counted says nothing. */
  reset(): void {
    this.startMs = undefined;
    this.suspect = undefined;
  }
}
