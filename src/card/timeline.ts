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
  /** Whether the cries are those that the device counts. */
  isCounted: boolean;
  /** When nothing could be heard; undefined where that is not known. */
  gaps: TimeSpan[] | undefined;
  /** The hours to write below it. */
  hours: number[];
}

/** What is known of a night. */
export interface NightNews {
  /** The cries that the device counts, without one that goes on; undefined while the device is away. */
  counted: readonly Cry[] | undefined;
  /** The one that goes on, and when it began, epoch ms. */
  running?: { from: number; intensity: Intensity };
  /** The changes of the binary sensor, oldest first: while it is neither on nor off, nothing was listening. */
  crying: readonly Change[];
  /** The changes of the source's health, oldest first: while it is silent, no cry could be heard. */
  health: readonly Change[];
  /** Whether a recording is played, and nothing was listening. */
  isPlayback?: boolean;
}

/** Shorter ones, as while Home Assistant starts, are too small to be seen. */
const SHORTEST_GAP_MS = 60_000;

/** Every third hour is written below a night. */
const HOURS_APART = 3;

/**
 * The cries in the attribute `cries` of the night's count (src/hass/device/discovery.ts, NightCry), without what is none;
 * undefined where there is no list.
 */
export function countedCries(attribute: unknown): Cry[] | undefined {
  if (!Array.isArray(attribute)) return undefined;
  return (attribute as unknown[]).flatMap(each => {
    const { at, duration_s: durationS, intensity } = (each ?? {}) as Partial<Record<string, unknown>>;
    const from = Date.parse(String(at));
    const to = from + 1000 * Number(durationS);
    // Another version of the package may write others.
    if (!(to >= from)) return [];
    return [{ from, to, intensity: INTENSITIES.find(known => known === intensity) ?? 'cry' }];
  });
}

/** The night at a time, epoch ms. */
export function timelineOf(
  { counted, running, crying, health, isPlayback = false }: NightNews,
  now: number,
  timeZone?: string,
): Timeline {
  const { from, to } = nightAt(now, timeZone);
  const until = Math.min(now, to);
  const known = { from, to: until };
  const states = statesOf(crying, known);
  // While the device is away, Home Assistant knows when its sensor was on, though not which cries these were.
  const on = states
    .filter(({ state }) => state === 'on')
    .map(span => ({ ...span, intensity: 'cry' as const }));
  const cries = [...(counted ?? on), ...(counted && running ? [{ ...running, to: until }] : [])];
  const gaps: TimeSpan[] = isPlayback
    ? [known]
    : [
        ...states.filter(({ state }) => state !== 'on' && state !== 'off'),
        ...statesOf(health, known).filter(({ state }) => state === 'silent'),
        { from, to: states.at(0)?.from ?? until },
      ];
  return {
    from,
    to,
    until,
    cries: cries
      .map(cry => ({
        from: Math.max(from, cry.from),
        to: Math.min(until, cry.to),
        intensity: cry.intensity,
      }))
      .filter(cry => cry.to > cry.from),
    isCounted: counted !== undefined,
    gaps:
      crying.length === 0 && !isPlayback
        ? undefined
        : gaps
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

function hoursOf({ from, to }: TimeSpan, timeZone?: string): number[] {
  const hours = Array.from({ length: (to - from) / HOUR_MS + 1 }, (_, index) => from + index * HOUR_MS);
  return hours.filter(at => Math.round(hourOfDay(at, timeZone)) % HOURS_APART === 0);
}
