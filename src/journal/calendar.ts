/** Days and their names by this computer's clock; also where a day has 23 or 25 hours. */
import type { TimeSpan } from '../night.js';

/** The day of a time (epoch ms) from midnight to midnight, or the day `later` days after it. */
export function dayAt(time: number, later = 0): TimeSpan {
  const midnight = new Date(time);
  midnight.setHours(0, 0, 0, 0);
  midnight.setDate(midnight.getDate() + later);
  const next = new Date(midnight);
  next.setDate(next.getDate() + 1);
  return { from: midnight.getTime(), to: next.getTime() };
}

/**
 * Whether a time of the day has passed between two times (epoch ms): after the first and not after the second.
 * @param timeOfDay HH:MM, or '' for none
 */
export function hasPassed(timeOfDay: string, from: number, to: number): boolean {
  const [hours, minutes] = timeOfDay.split(':').map(Number);
  const due = new Date(to).setHours(hours, minutes, 0, 0);
  return from < due && due <= to;
}

// Intl takes 30 ms for its first date.
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** '14:05' */
export function timeText(time: number): string {
  const date = new Date(time);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** 'Mon 23 Nov' */
export function dateText(time: number): string {
  return `${WEEKDAYS[new Date(time).getDay()]} ${dayText(time)}`;
}

/** '23 Nov' */
export function dayText(time: number): string {
  const date = new Date(time);
  return `${date.getDate()} ${MONTHS[date.getMonth()]}`;
}
