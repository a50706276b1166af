/** Days, nights and weeks by this computer's clock; also where a day has 23 or 25 hours. */

export interface Stretch {
  /** Epoch ms. */
  from: number;
  to: number;
}

/** How long stretches are together. */
export function lengthMs(...stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** A night goes from six in the evening to ten in the morning. */
const NIGHT_BEGINS = 18;
const NIGHT_ENDS = 10;

/** The night that goes on at a time, epoch ms, or else the last one before. */
export function nightAt(time: number): Stretch {
  const evening = new Date(time);
  if (evening.getHours() < NIGHT_BEGINS) evening.setDate(evening.getDate() - 1);
  evening.setHours(NIGHT_BEGINS, 0, 0, 0);
  const morning = new Date(evening);
  morning.setDate(morning.getDate() + 1);
  morning.setHours(NIGHT_ENDS);
  return { from: evening.getTime(), to: morning.getTime() };
}

/** The day of a time, epoch ms, from midnight to midnight; or that many days later. */
export function dayAt(time: number, later = 0): Stretch {
  const midnight = new Date(time);
  midnight.setHours(0, 0, 0, 0);
  midnight.setDate(midnight.getDate() + later);
  const next = new Date(midnight);
  next.setDate(next.getDate() + 1);
  return { from: midnight.getTime(), to: next.getTime() };
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
