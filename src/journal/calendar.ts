/** Days and times by the home's clock; also where a day has 23 or 25 hours. */
import type { TimeSpan } from '../night.js';
import { epochAt, wallClockAt } from '../wall-clock.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The day of a time (epoch ms) from midnight to midnight, or the day `later` days after it. */
export function dayAt(time: number, later = 0): TimeSpan {
  const midnight = midnightBefore(time) + later * DAY_MS;
  return { from: epochAt(midnight), to: epochAt(midnight + DAY_MS) };
}

/**
 * Whether a time of the day has passed between two times (epoch ms): after the first and not after the second.
 * @param timeOfDay HH:MM, or '' for none
 */
export function hasPassed(timeOfDay: string, from: number, to: number): boolean {
  const [hours, minutes] = timeOfDay.split(':').map(Number);
  const due = epochAt(midnightBefore(to) + (60 * hours + minutes) * MINUTE_MS);
  return from < due && due <= to;
}

/** As a wall clock shows it. */
function midnightBefore(time: number): number {
  return Math.floor(wallClockAt(time) / DAY_MS) * DAY_MS;
}

/** '14:05' */
export function timeText(time: number): string {
  return new Date(wallClockAt(time)).toISOString().slice(11, 16);
}
