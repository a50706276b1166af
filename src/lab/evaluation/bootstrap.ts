import { quantile } from '../../maths/statistics.js';
import { Random } from '../../maths/random.js';

const SAMPLES = 1000;
const SEED = 1;

/** The middle 95 % of what a figure might have been with other groups. */
export type Interval = [low: number, high: number];

/**
 * Percentile intervals of figures by the cluster bootstrap (Efron and Tibshirani 1993; Field and Welsh 2007): groups are
 * drawn with replacement, because recordings of one group are alike and do not count separately. The same items give the same
 * intervals.
 * @param figures gives figures of a sample of items, in the items' order; NaN, such as with
 * one class only, is left out
 * @returns an interval for each figure; NaN if no sample gave one
 */
export function bootstrapIntervals<T extends { group: string }>(
  items: readonly T[],
  figures: (sample: readonly T[]) => number[],
): Interval[] {
  const groups = new Map<string, number>();
  for (const { group } of items) if (!groups.has(group)) groups.set(group, groups.size);
  const groupOf = items.map(({ group }) => groups.get(group)!);
  const random = new Random(SEED);
  const drawn = Array.from({ length: SAMPLES }, () => {
    const times = new Uint32Array(groups.size);
    for (let i = 0; i < groups.size; i++) times[random.integer(groups.size)]++;
    const sample: T[] = [];
    items.forEach((item, i) => {
      for (let n = times[groupOf[i]]; n > 0; n--) sample.push(item);
    });
    return figures(sample);
  });
  return drawn[0].map((_, figure) => {
    const values = drawn.map(sample => sample[figure]).filter(value => !Number.isNaN(value));
    return [quantile(values, 0.025), quantile(values, 0.975)];
  });
}
