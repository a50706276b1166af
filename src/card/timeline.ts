import { nightAt, type TimeSpan } from '../night.js';
import { INTENSITIES, type Intensity } from '../values.js';
import { HOUR_MS, hourOfDay } from './clock.js';

/** A state of an entity and since when, as Home Assistant's command `history/stream` sends it: seconds since the epoch. */
export interface Change {
  s: string;
  lu: number;
}

export interface Cry extends TimeSpan {
  /** The strongest of it. */
  intensity: Intensity;
}

/** The night that is running, or by day the one that ended that morning. */
export interface Timeline extends TimeSpan {
  /** How far it is known, epoch ms: to now, or to its end. */
  until: number;
  cries: Cry[];
  /** When nothing could be heard. */
  gaps: TimeSpan[];
  /** The hours to write below it. */
  hours: number[];
}

/** Shorter ones, as while Home Assistant starts, are too small to be seen. */
const SHORTEST_GAP_MS = 60_000;

/** The intensity of a cry may arrive this much later than the cry. */
const LATER_MS = 1000;

/** Every third hour is written below a night. */
const HOURS_APART = 3;

/**
 * The night at a time, from the changes since it began.
 * @param crying the changes of the binary sensor, oldest first
 * @param intensity the changes of the intensity, oldest first
 * @param health the changes of the source's health, oldest first: while it is silent, no cry could be heard
 * @param now epoch ms
 */
export function timelineOf(
  { crying, intensity, health }: Readonly<Record<'crying' | 'intensity' | 'health', readonly Change[]>>,
  now: number,
  timeZone?: string,
): Timeline {
  const { from, to } = nightAt(now, timeZone);
  const until = Math.min(now, to);
  const known = { from, to: until };
  const states = statesOf(crying, known);
  const intensities = statesOf(intensity, known);
  const cries = states
    .filter(({ state }) => state === 'on')
    .map(span => ({ from: span.from, to: span.to, intensity: strongest(intensities, span, until) }));
  const gaps: TimeSpan[] = [
    ...states.filter(({ state }) => state !== 'on' && state !== 'off'),
    ...statesOf(health, known).filter(({ state }) => state === 'silent'),
    { from, to: states.at(0)?.from ?? until },
  ];
  return {
    from,
    to,
    until,
    cries,
    gaps: gaps
      .map(gap => ({ from: gap.from, to: gap.to }))
      .filter(gap => gap.to - gap.from >= SHORTEST_GAP_MS)
      .sort((a, b) => a.from - b.from),
    hours: hoursOf({ from, to }, timeZone),
  };
}

/** Each state from its change to the next, as far as it lies in a time. */
function statesOf(changes: readonly Change[], { from, to }: TimeSpan): (TimeSpan & { state: string })[] {
  const distinct = changes.filter(({ s }, index) => s !== changes.at(index - 1)?.s || index === 0);
  return distinct
    .map(({ s: state, lu }, index) => ({
      state,
      from: Math.max(from, 1000 * lu),
      to: Math.min(to, 1000 * (distinct.at(index + 1)?.lu ?? Infinity)),
    }))
    .filter(span => span.to > span.from);
}

function strongest(
  intensities: readonly (TimeSpan & { state: string })[],
  { from, to }: TimeSpan,
  until: number,
): Intensity {
  const arrived = Math.min(from + LATER_MS, until);
  const during = intensities.filter(span => span.to >= arrived && span.from <= Math.max(to, arrived));
  const ranks = during.map(({ state }) => INTENSITIES.findIndex(intensity => intensity === state));
  return INTENSITIES[Math.max(...ranks, -1)] ?? 'cry';
}

function hoursOf({ from, to }: TimeSpan, timeZone?: string): number[] {
  const hours = Array.from({ length: (to - from) / HOUR_MS + 1 }, (_, index) => from + index * HOUR_MS);
  return hours.filter(at => Math.round(hourOfDay(at, timeZone)) % HOURS_APART === 0);
}
