/** What a clock on the wall shows, at home or in another time zone. */

/** The home's time zone, an IANA name, where it is not that of this process. */
let homeZone: string | undefined;

const DAY_MS = 86_400_000;
const HALF_YEAR_MS = 182 * DAY_MS;

/** One format for each time zone: making one takes 30 ms at first. */
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * What a wall clock shows, as ms since 1970 as if it showed UTC: its parts are read with the `getUTC` methods of `Date`.
 *
 * @param time epoch ms
 * @param timeZone an IANA name; without one the home's
 */
export function wallClockAt(time: number, timeZone = homeZone): number {
  if (timeZone === undefined) return processClockAt(time);
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const seconds = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return seconds + (((time % 1000) + 1000) % 1000);
}

function processClockAt(time: number): number {
  return time - 60_000 * new Date(time).getTimezoneOffset();
}

/** Hours since midnight on the home's wall clock, with fractions: 13.5 is half past one. @param time epoch ms */
export function hourAt(time: number): number {
  return (wallClockAt(time) / 3_600_000) % 24;
}

/**
 * The epoch ms at which a wall clock shows `wallClock`: the first time where it shows it twice, and as much later where it
 * skips it, as `Date` has it for the process's clock.
 */
export function epochAt(wallClock: number, timeZone?: string): number {
  // The clock's offset before and after a change that may be near.
  const [first, second] = [-DAY_MS, DAY_MS].map(apart => wallClock - offsetAt(wallClock + apart, timeZone));
  return [first, second].find(time => wallClockAt(time, timeZone) === wallClock) ?? first;
}

/** Epoch ms of an ISO date, with or without a time. Without a zone, it is of the home's wall clock. NaN if it is not one. */
export function parseTime(text: string): number {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return NaN;
  // What cannot take a zone has one.
  const wallClock = /z$/i.test(text) ? NaN : Date.parse(/^.{10}$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(wallClock) ? Date.parse(text) : epochAt(wallClock);
}

/**
 * Epoch ms of the last time at which the home's wall clock showed a time of the day.
 * @param text such as `07:30`, `7:30` or `07:30:15`; undefined for any other
 * @param beforeMs epoch ms: the latest that it may be
 */
export function parseTimeOfDay(text: string, beforeMs: number): number | undefined {
  const parts = /^\s*([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?\s*$/.exec(text);
  if (!parts) return undefined;
  const [hours, minutes, seconds] = parts.slice(1).map(part => Number(part || 0));
  const wallClock = wallClockAt(beforeMs);
  const sinceMidnightMs = 1000 * (60 * (60 * hours + minutes) + seconds);
  const today = wallClock - (wallClock % DAY_MS) + sinceMidnightMs;
  return epochAt(today > wallClock ? today - DAY_MS : today);
}

function offsetAt(time: number, timeZone?: string): number {
  return wallClockAt(time, timeZone) - time;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    const numeric = 'numeric';
    const parts = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric } as const;
    format = new Intl.DateTimeFormat('en', { ...parts, second: numeric, hourCycle: 'h23', timeZone });
    formats.set(timeZone, format);
  }
  return format;
}

/**
 * Sets the home's time zone, which all times without a zone of their own are shown in and judged by: a process in a
 * container often runs in UTC while the home does not. Without it, or with undefined, it is the process's.
 * @param timeZone an IANA name
 * @returns whether the process's clock shows another time, now or half a year from now
 * @throws RangeError for a name that is not known here
 */
export function setHomeZone(timeZone: string | undefined): boolean {
  if (timeZone === undefined) {
    homeZone = undefined;
    return false;
  }
  const isOther = isOtherZone(timeZone);
  // The process's own zone costs less to read.
  homeZone = isOther ? timeZone : undefined;
  return isOther;
}

/**
 * Whether this process's clock shows another time than one in a zone, now or half a year from now.
 * @param timeZone an IANA name
 * @throws RangeError for a name that is not known here
 */
export function isOtherZone(timeZone: string): boolean {
  const times = [Date.now(), Date.now() + HALF_YEAR_MS];
  return times.some(time => Math.abs(processClockAt(time) - wallClockAt(time, timeZone)) > 1000);
}

/** The time zone of this process, an IANA name. */
export function processZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
