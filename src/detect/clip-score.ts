import { logit, sigmoid } from '../model/calibration.js';
import type { Scores } from '../values.js';

/** A cry is sure at its best, and goes on: 0.77 s and 3 s of steps. */
const STRONGEST = [3, 12];

/**
 * How surely a recording holds a cry, in [0, 1]: from the mean of the log odds of its strongest three steps and of its
 * strongest twelve, so that neither one odd window decides nor the quiet around a cry. Of all steps where there are
 * fewer; 0 when there are none.
 */
export function clipScore(steps: readonly Pick<Scores, 'scores'>[]): number {
  if (steps.length === 0) return 0;
  const odds = steps.map(({ scores }) => logit(scores.cry)).sort((a, b) => b - a);
  const means = STRONGEST.map(count => mean(odds.slice(0, count)));
  return sigmoid(mean(means));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
