import * as v from 'valibot';
import { check } from '../../check.js';
import { nightAt } from '../../night.js';
import { INTENSITIES, type CryEvent, type Intensity } from '../../values.js';

/** More cries than a night has; the oldest are dropped. */
const MOST_CRIES = 500;

/** The clock may have been set back by so much without a cry being of the future. */
const CLOCKS_DIFFER_MS = 60_000;

const COUNTED_CRIES = v.object({
  /** When each cry began, epoch ms, its length in seconds, and how hard it was at its hardest; by its id, oldest first. */
  cries: v.record(
    v.string(),
    v.object({ onset: v.number(), durationS: v.number(), intensity: v.optional(v.picklist(INTENSITIES)) }),
  ),
  /** When the newest cry began, epoch ms. */
  lastOnset: v.nullable(v.number()),
});

/** The cries that a night's count is made of. */
export type CountedCries = v.InferOutput<typeof COUNTED_CRIES>;

/** As DeepInfant 0.1 kept them: the seconds of each cry, whose onset is part of its id. */
const COUNTED_CRIES_0 = v.object({
  cries: v.record(v.string(), v.number()),
  lastOnset: v.nullable(v.number()),
});

export const NO_CRIES: CountedCries = { cries: {}, lastOnset: null };

/** @throws DeepInfantError `invalid` */
export function checkCountedCries(json: unknown, version: number): CountedCries {
  if (version > 0) return check(COUNTED_CRIES, json, 'counted cries');
  const { cries, lastOnset } = check(COUNTED_CRIES_0, json, 'counted cries');
  const dated = Object.entries(cries).map(([id, durationS]) => {
    const onset = Number(/@(\d+)$/.exec(id)?.[1] ?? 0);
    return [id, { onset, durationS }] as const;
  });
  return { cries: Object.fromEntries(dated), lastOnset };
}

/** The cries with what is known of one of them now. */
export function withCry(
  counted: CountedCries,
  { id, onset, durationS, intensity }: Pick<CryEvent, 'id' | 'onset' | 'durationS' | 'intensity'>,
): CountedCries {
  const known = counted.cries[id] as CountedCries['cries'][string] | undefined;
  const cry = { onset, durationS, intensity: harder(known?.intensity, intensity) };
  const cries = Object.entries({ ...counted.cries, [id]: cry }).slice(-MOST_CRIES);
  const before = lastOnsetAt(counted, Date.now());
  // Of two sources, the one that reports last is not always the one where the newest cry began.
  return { cries: Object.fromEntries(cries), lastOnset: Math.max(before ?? -Infinity, onset) };
}

/**
 * When the newest cry began, epoch ms, as of a time; null where there was none. A cry that was counted while the clock was
 * ahead is not the newest for ever.
 */
export function lastOnsetAt({ cries, lastOnset }: CountedCries, now: number): number | null {
  const isPast = (onset: number): boolean => onset <= now + CLOCKS_DIFFER_MS;
  if (lastOnset === null || isPast(lastOnset)) return lastOnset;
  const past = Object.values(cries).flatMap(({ onset }) => (isPast(onset) ? [onset] : []));
  return past.length > 0 ? Math.max(...past) : null;
}

/** The number of cries in the night at a time (epoch ms), and how long they were within it; as the journal counts them. */
export function countAt(counted: CountedCries, now: number): { cries: number; cryingS: number } {
  const { from, to } = nightAt(now);
  const lengths = criesAt(counted, now).map(
    ({ onset, durationS }) => (Math.min(to, onset + 1000 * durationS) - Math.max(from, onset)) / 1000,
  );
  return { cries: lengths.length, cryingS: lengths.reduce((sum, length) => sum + length, 0) };
}

/** The cries of which a part is in the night at a time (epoch ms), whole. */
export function criesAt(
  { cries }: CountedCries,
  now: number,
): { id: string; onset: number; durationS: number; intensity?: Intensity }[] {
  const { from, to } = nightAt(now);
  return Object.entries(cries)
    .filter(([, { onset, durationS }]) => onset < to && onset + 1000 * durationS > from)
    .map(([id, cry]) => ({ id, ...cry }));
}

function harder(a: Intensity | undefined, b: Intensity): Intensity {
  return a !== undefined && INTENSITIES.indexOf(a) > INTENSITIES.indexOf(b) ? a : b;
}
