import { SAMPLE_RATE } from '../../values.js';

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
/** Audio arrives in bursts, some of them seconds long (HLS): the earliest arrival in so long a time says how late it is. */
const WINDOW_MS = 20_000;
/** Audio that is always this late is not late: some of it was lost on the way. */
const LATE_MS = 1000;

/** Where a piece of audio lies in time. */
export interface Placement {
  /** Absolute number of its first sample. */
  firstSample: number;
  /** Samples lost directly before it. */
  lost: number;
  /** Time of its first sample in ms, by the clock that `nowMs` is of. */
  atMs: number;
}

/**
 * Numbers a live source's samples so that they stay true to this computer's clock: over captures that end and begin
 * anew, and within one that loses audio or whose sample clock is slower or faster.
 */
export class SampleClock {
  /** Number of the next sample. */
  nextSample = 0;
  /** Samples that were lost, in all. */
  lost = 0;
  /** Time of sample 0; unknown before the first sample came. */
  private originMs: number | undefined;
  private lag: Lag | undefined;
  /** By how much sample 0 was moved since the last gap, although its time was known: the numbers are ahead by that. */
  private aheadMs = 0;
  private isOriginKnown = false;

  /** See SourceHealth. */
  get driftMs(): number {
    return this.lag?.driftMs ?? 0;
  }

  /** A new capture begins with the next samples. */
  begin(): void {
    this.isOriginKnown ||= this.lag !== undefined;
    this.lag = undefined;
  }

  /** Places so many new samples, the last of which was heard now or before. */
  place(count: number, nowMs: number): Placement {
    this.originMs ??= nowMs - count / SAMPLES_PER_MS;
    let lateMs = 0;
    if (this.lag === undefined) {
      this.lag = new Lag(nowMs - count / SAMPLES_PER_MS);
      // The gap takes up what the numbers are ahead.
      this.originMs += this.aheadMs;
      this.aheadMs = 0;
      lateMs = Math.max(0, this.lag.startMs - this.timeOf(this.nextSample, this.originMs));
    } else {
      const { lag } = this;
      const missedMs = (this.nextSample - lag.received) / SAMPLES_PER_MS;
      const leastMs = lag.push(count, nowMs);
      const sinceOriginMs = lag.startMs - this.originMs;
      if (leastMs !== undefined && leastMs + sinceOriginMs - missedMs > LATE_MS)
        lateMs = leastMs + sinceOriginMs - missedMs;
    }
    const lost = Math.round(lateMs * SAMPLES_PER_MS);
    this.lost += lost;
    const firstSample = this.nextSample + lost;
    this.nextSample = firstSample + count;
    // What was heard is not of the future: the source began earlier than was thought.
    const earlierMs = Math.max(0, this.timeOf(this.nextSample, this.originMs) - nowMs);
    this.originMs -= earlierMs;
    if (this.isOriginKnown) this.aheadMs += earlierMs;
    return { firstSample, lost, atMs: this.timeOf(firstSample, this.originMs) };
  }

  private timeOf(sample: number, originMs: number): number {
    return originMs + sample / SAMPLES_PER_MS;
  }
}

/** How late the samples of one capture come, by their count since its beginning. */
class Lag {
  received = 0;
  /** Change of the lag since the first window. */
  driftMs = 0;
  private firstMs: number | undefined;
  private leastMs = Infinity;
  private windowEndMs: number;

  /** @param startMs time of the capture's first sample */
  constructor(readonly startMs: number) {
    this.windowEndMs = startMs + WINDOW_MS;
  }

  /** @returns the least lag of a window in ms, when one has ended */
  push(count: number, nowMs: number): number | undefined {
    this.received += count;
    this.leastMs = Math.min(this.leastMs, nowMs - this.startMs - this.received / SAMPLES_PER_MS);
    if (nowMs < this.windowEndMs) return undefined;
    const { leastMs } = this;
    this.firstMs ??= leastMs;
    this.driftMs = leastMs - this.firstMs;
    this.leastMs = Infinity;
    this.windowEndMs = nowMs + WINDOW_MS;
    return leastMs;
  }
}
