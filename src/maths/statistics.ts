/** The mean; NaN of no numbers. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The value that a share of the numbers lies below, in proportion between the two that are nearest (Hyndman and Fan 1996,
 * type 7, as NumPy and R have it); NaN of no numbers.
 * @param values in any order, none of them NaN
 * @param share in [0, 1]; 0.5 is the median
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.ceil(at);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** Index of the largest number, the first one if there are several; -1 of no numbers. */
export function indexOfLargest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
