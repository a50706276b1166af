import { HOUR_MS, hourOfDay, lastNoon } from './clock.js';

/** A state of an entity and since when, as Home Assistant's command `history/stream` tells it: seconds since the epoch. */
export interface Change {
  s: string;
  lu: number;
}

/** From the weakest to the strongest. */
export const INTENSITIES = ['fuss', 'cry', 'scream'] as const;
export type Intensity = (typeof INTENSITIES)[number];

/** A time from one moment to another, epoch ms. */
export interface Span {
  from: number;
  to: number;
}

export interface Cry extends Span {
  /** The strongest that was heard in it. */
  intensity: Intensity;
}

/** A night, which goes from noon to noon: the part of it that is worth showing. */
export interface Timeline extends Span {
  now: number;
  cries: Cry[];
  /** When nothing could be heard. */
  gaps: Span[];
  /** The hours to write below it. */
  hours: number[];
}

/** A night is shown from here on, or from the first cry; in hours after noon. */
const EVENING_H = 6;
/** And up to here, or to now. */
const MORNING_H = 18;

/** Shorter ones, as while Home Assistant starts, are too small to be seen. */
const SHORTEST_GAP_MS = 60_000;

/** A new intensity may be told this much later than the cry that it belongs to. */
const LATER_MS = 1000;

/**
 * The night at a time, from what was told since its noon.
 * @param crying the changes of the binary sensor, oldest first
 * @param intensity the changes of the intensity, oldest first
 * @param health the changes of the source's health, oldest first: while it is silent, no cry could be heard
 */
export function timelineOf(
  { crying, intensity, health }: Readonly<Record<'crying' | 'intensity' | 'health', readonly Change[]>>,
  now: number,
  timeZone?: string,
): Timeline {
  const noon = lastNoon(now, timeZone);
  const spans = spansOf(crying, noon, now);
  const intensities = spansOf(intensity, noon, now);
  const cries = spans
    .filter(({ state }) => state === 'on')
    .map(({ from, to }) => ({ from, to, intensity: strongest(intensities, from, to, now) }));
  const gaps: Span[] = [
    ...spans.filter(({ state }) => state !== 'on' && state !== 'off'),
    ...spansOf(health, noon, now).filter(({ state }) => state === 'silent'),
  ];
  const isHeardFrom = spans.at(0)?.from ?? now;
  if (isHeardFrom > noon) gaps.push({ from: noon, to: isHeardFrom });

  const first = Math.min(now, cries.at(0)?.from ?? now);
  const from = Math.min(noon + EVENING_H * HOUR_MS, noon + hoursIn(first - noon, Math.floor));
  const to = Math.max(noon + MORNING_H * HOUR_MS, noon + hoursIn(now - noon, Math.ceil));
  const shown = gaps
    .map(gap => ({ from: Math.max(gap.from, from), to: gap.to }))
    .filter(gap => gap.to - gap.from >= SHORTEST_GAP_MS)
    .sort((a, b) => a.from - b.from);
  return { from, to, now, cries, gaps: shown, hours: hoursOf(from, to, timeZone) };
}

/** Each state from its change to the next, or to now; what was before the night is cut off. */
function spansOf(changes: readonly Change[], begin: number, now: number): (Span & { state: string })[] {
  const distinct = changes.filter(({ s }, index) => s !== changes.at(index - 1)?.s || index === 0);
  return distinct
    .map(({ s: state, lu }, index) => ({
      state,
      from: Math.max(begin, 1000 * lu),
      to: 1000 * (distinct.at(index + 1)?.lu ?? now / 1000),
    }))
    .filter(({ from, to }) => to > from);
}

function strongest(
  intensities: readonly (Span & { state: string })[],
  from: number,
  to: number,
  now: number,
): Intensity {
  const told = Math.min(from + LATER_MS, now);
  const heard = intensities.filter(span => span.to >= told && span.from <= Math.max(to, told));
  const ranks = heard.map(({ state }) => INTENSITIES.findIndex(intensity => intensity === state));
  return INTENSITIES[Math.max(...ranks, -1)] ?? 'cry';
}

function hoursIn(ms: number, round: (hours: number) => number): number {
  return round(ms / HOUR_MS) * HOUR_MS;
}

/** Every third hour of the day. */
function hoursOf(from: number, to: number, timeZone?: string): number[] {
  const hours = Array.from({ length: (to - from) / HOUR_MS + 1 }, (_, index) => from + index * HOUR_MS);
  return hours.filter(at => Math.round(hourOfDay(at, timeZone)) % 3 === 0);
}

/** How long times were together, in ms. */
export function totalMs(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}
