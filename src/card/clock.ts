import { wallClockAt } from '../wall-clock.js';
import type { Hass } from './hass.js';

export const HOUR_MS = 3_600_000;

/** The time zone in which the user wants to see times: an IANA name, or undefined for the browser's. */
export function timeZoneOf({ locale, config }: Pick<Hass, 'locale' | 'config'>): string | undefined {
  return locale.time_zone === 'server' ? config.time_zone : undefined;
}

/** The time of day in hours, in [0, 24). @param at epoch ms @param timeZone undefined: the browser's */
export function hourOfDay(at: number, timeZone?: string): number {
  return (wallClockAt(at, timeZone) / HOUR_MS) % 24;
}
