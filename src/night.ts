/** The one definition of a night, for the journal, the entities and the card: by the clock on the wall. */
import { epochAt, wallClockAt } from './wall-clock.js';

export interface TimeSpan {
  /** Epoch ms. */
  from: number;
  to: number;
}

/** How long times are together, in ms. */
export function lengthMs(...spans: readonly TimeSpan[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

const HOUR_MS = 3_600_000;

/** A night goes from six in the evening to ten in the morning. */
const BEGINS_MS = 18 * HOUR_MS;
const ENDS_MS = 10 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * The night at `time` (epoch ms): the one that is running, or else, by day, the one that ended that morning. Where the
 * clocks change, it is an hour shorter or longer.
 *
 * @param timeZone an IANA name; without one the home's
 */
export function nightAt(time: number, timeZone?: string): TimeSpan {
  const evening = wallClockAt(time, timeZone) - BEGINS_MS;
  const midnight = Math.floor(evening / DAY_MS) * DAY_MS;
  return {
    from: epochAt(midnight + BEGINS_MS, timeZone),
    to: epochAt(midnight + DAY_MS + ENDS_MS, timeZone),
  };
}
