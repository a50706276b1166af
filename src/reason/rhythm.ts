import type { ContextFact, ContextKind } from './facts.js';

const HOUR_MS = 3_600_000;

/** A value for each age: each row holds until an age in days. */
type ByAge = readonly (readonly [untilDays: number, value: number])[];

/** What returns: from one feed to the next, awake between two sleeps, from one nappy change to the next. */
export type Need = 'feed' | 'awake' | 'change';

/**
 * Typical hours of each, of babies in general.
 *
 * - Feeds by day. Newborns: 8 to 12 breastfeeds or 6 to 8 bottles a day (MedlinePlus, Feeding patterns and diet - babies
 *   and infants). From the end of the first month bottles come about every 4 h, breastfeeds somewhat oftener; at 6 months
 *   4 or 5 milk feeds a day (American Academy of Pediatrics, HealthyChildren.org, Amount and Schedule of Baby Formula
 *   Feedings).
 * - Awake between two sleeps: middle of the ranges in Cleveland Clinic, Wake Windows by Age (2024).
 * - At least 6 wet and 3 dirty nappies a day (MedlinePlus, as above).
 */
const TYPICAL_H: Record<Need, ByAge> = {
  feed: [
    [30, 2.5],
    [180, 3.5],
    [Infinity, 4],
  ],
  awake: [
    [30, 0.75],
    [90, 1.5],
    [150, 2],
    [210, 3],
    [300, 3.5],
    [Infinity, 4.5],
  ],
  change: [[Infinity, 24 / 9]],
};

/** Used where the age is unknown: the age of most crying. */
const TYPICAL_AGE_DAYS = 60;

/** The facts that start and end each. */
const TURNS: Record<Need, readonly [from: ContextKind, to: ContextKind]> = {
  feed: ['feed', 'feed'],
  awake: ['wake', 'sleep'],
  change: ['change', 'change'],
};

/** The number of a baby's own intervals that count as much as the typical one. */
const TYPICAL_WEIGHT = 8;
/** A baby changes within weeks: older intervals do not count. */
const REMEMBERED_MS = 7 * 24 * HOUR_MS;
/** As a share of the typical time: shorter intervals are one occasion told in two parts, longer ones miss something that nobody told. */
const PLAUSIBLE = [1 / 5, 3] as const;

/**
 * The hours after which a need returns in this baby: the geometric mean of its own n intervals, which count n / (n + 8),
 * and of what is typical at its age.
 * @param facts newest first
 * @param ageDays undefined when it is unknown
 */
export function returnsAfterH(
  need: Need,
  facts: readonly ContextFact[],
  atMs: number,
  ageDays: number | undefined,
): number {
  const typicalH = TYPICAL_H[need].find(([untilDays]) => (ageDays ?? TYPICAL_AGE_DAYS) < untilDays)![1];
  const [from, to] = TURNS[need];
  const turns = facts.filter(
    ({ kind, at }) => (kind === from || kind === to) && at <= atMs && at > atMs - REMEMBERED_MS,
  );
  let sum = TYPICAL_WEIGHT * Math.log(typicalH);
  let count = TYPICAL_WEIGHT;
  for (let i = 1; i < turns.length; i++) {
    const hours = (turns[i - 1].at - turns[i].at) / HOUR_MS;
    const isOne = turns[i].kind === from && turns[i - 1].kind === to;
    if (!isOne || hours < PLAUSIBLE[0] * typicalH || hours > PLAUSIBLE[1] * typicalH) continue;
    sum += Math.log(hours);
    count++;
  }
  return Math.exp(sum / count);
}
