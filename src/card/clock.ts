import type { Hass } from './hass.js';

export const HOUR_MS = 3_600_000;

/** The time zone in which the user wants to see times: an IANA name, or undefined for the browser's. */
export function timeZoneOf({ locale, config }: Pick<Hass, 'locale' | 'config'>): string | undefined {
  return locale.time_zone === 'server' ? config.time_zone : undefined;
}

/** The time of day in hours, in [0, 24). @param at epoch ms @param timeZone undefined: the browser's */
export function hourOfDay(at: number, timeZone?: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
    timeZone,
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find(part => part.type === type)!.value);
  return part('hour') + part('minute') / 60 + (part('second') + (((at % 1000) + 1000) % 1000) / 1000) / 3600;
}

/** The last noon, where a night begins: epoch ms. Cries of tonight are counted from there, too. */
export function lastNoon(now: number, timeZone?: string): number {
  const hoursSince = (hourOfDay(now, timeZone) + 12) % 24;
  const noon = toMinute(now - hoursSince * HOUR_MS);
  // In the nights in which the clocks change this is an hour off.
  return toMinute(noon - (hourOfDay(noon, timeZone) - 12) * HOUR_MS);
}

/** Without what the sum of fractions is off. */
function toMinute(at: number): number {
  return Math.round(at / 60_000) * 60_000;
}
