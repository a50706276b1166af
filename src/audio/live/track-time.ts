import { SAMPLE_RATE } from '../../values.js';

/** Places are counted modulo this, 17 min: as many whole numbers as a 32-bit float can tell apart. */
export const PLACES = 2 ** 24;
/** Below this, packets that were lost and rounding add up before anything is done about them. */
const TOLERANCE = 0.1 * SAMPLE_RATE;
/** By so much the time of arrival may fall short of a gap that it confirms: whatever delays sound makes it longer. */
const SLACK = 0.05 * SAMPLE_RATE;
/** Sound arrives in bursts: the earliest in so long a time says how late it is. */
const WINDOW_MS = 10_000;
/** A pause of the source is as long at least; what networks lose is mostly shorter. */
const PAUSE = 0.75 * SAMPLE_RATE;

/**
 * Judges a track's own time by when its sound arrives. Where its time jumps ahead and nothing arrived for as long, sound
 * is missing. Any other jump is a step of the source's clock: the sound goes on, and the step is counted.
 */
export class TrackTime {
  /** Steps of the source's clock so far. */
  clockSteps = 0;
  /** Gaps so far that were long enough for a pause. */
  pauses = 0;
  private expected = NaN;
  /** By how much the track's time is ahead of what was counted. */
  ahead = 0;
  /** Samples so far, with the silence that was put in. */
  private count = 0;
  private startMs = 0;
  private windowEndMs = 0;
  private leastLagMs = Infinity;
  private leastLagBeforeMs = Infinity;

  /**
   * Places a run of successive samples that has just arrived.
   * @param first its first sample's place in the track's time, in samples modulo PLACES
   * @returns how many samples are missing before it
   */
  push(first: number, count: number, nowMs: number): { missing: number; isJump: boolean } {
    if (Number.isNaN(this.expected)) {
      this.expected = first;
      this.startMs = nowMs - (1000 * count) / SAMPLE_RATE;
      this.windowEndMs = nowMs + WINDOW_MS;
    }
    const jump = signed(first - this.expected);
    this.expected = (first + count) % PLACES;
    this.ahead += jump;
    const isJump = Math.abs(jump) > TOLERANCE;
    let missing = 0;
    if (Math.abs(this.ahead) > TOLERANCE) {
      const behind = this.samplesBehind(count, nowMs);
      if (this.ahead > 0)
        missing = behind >= this.ahead - SLACK ? this.ahead : behind > TOLERANCE ? behind : 0;
      if (isJump && Math.abs(this.ahead - missing) > TOLERANCE) this.clockSteps++;
      if (missing >= PAUSE) this.pauses++;
      this.ahead = 0;
    }
    this.count += missing + count;
    this.measureLag(nowMs);
    return { missing, isJump };
  }

  /** So much silence was put in because nothing arrives. */
  skip(count: number): void {
    this.expected = (this.expected + count) % PLACES;
    this.count += count;
  }

  private samplesBehind(count: number, nowMs: number): number {
    const least = Math.min(this.leastLagMs, this.leastLagBeforeMs);
    return Math.round(((this.lagMs(count, nowMs) - least) * SAMPLE_RATE) / 1000);
  }

  private lagMs(count: number, nowMs: number): number {
    return nowMs - this.startMs - (1000 * (this.count + count)) / SAMPLE_RATE;
  }

  private measureLag(nowMs: number): void {
    this.leastLagMs = Math.min(this.leastLagMs, this.lagMs(0, nowMs));
    if (nowMs < this.windowEndMs) return;
    this.leastLagBeforeMs = this.leastLagMs;
    this.leastLagMs = Infinity;
    this.windowEndMs = nowMs + WINDOW_MS;
  }
}

/** A difference of places, in [-PLACES / 2, PLACES / 2). */
function signed(difference: number): number {
  const half = PLACES / 2;
  return ((((difference + half) % PLACES) + PLACES) % PLACES) - half;
}
