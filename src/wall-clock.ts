/** What a clock on the wall shows, here or in another time zone. */

/** One format for each time zone: making one takes 30 ms at first. */
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * What a wall clock shows, as ms since 1970 as if it showed UTC: its parts are read with the `getUTC` methods of `Date`.
 *
 * @param time epoch ms
 * @param timeZone an IANA name; without one this computer's
 */
export function wallClockAt(time: number, timeZone?: string): number {
  if (timeZone === undefined) return time - 60_000 * new Date(time).getTimezoneOffset();
  let format = formats.get(timeZone);
  if (!format) {
    const numeric = 'numeric';
    const parts = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric } as const;
    format = new Intl.DateTimeFormat('en', { ...parts, second: numeric, hourCycle: 'h23', timeZone });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(time).map(({ type, value }) => [type, Number(value)]),
  );
  const seconds = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return seconds + (((time % 1000) + 1000) % 1000);
}

/** The epoch ms at which a wall clock shows `wallClock`. Where it skips that time, an hour before or after. */
export function epochAt(wallClock: number, timeZone?: string): number {
  const guess = wallClock - offsetAt(wallClock, timeZone);
  return wallClock - offsetAt(guess, timeZone);
}

function offsetAt(time: number, timeZone?: string): number {
  return wallClockAt(time, timeZone) - time;
}
