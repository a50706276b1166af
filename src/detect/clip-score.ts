import type { Scores } from '../values.js';

const NEIGHBOURS = 3;

/**
 * How surely a recording holds a cry: the largest mean of three neighbouring steps' cry probability, so that one
 * odd window does not decide. Of all steps when there are fewer; 0 when there are none.
 */
export function clipScore(steps: readonly Pick<Scores, 'scores'>[]): number {
  const span = Math.max(1, Math.min(NEIGHBOURS, steps.length));
  let largest = 0;
  for (let end = span; end <= steps.length; end++) {
    const sum = steps.slice(end - span, end).reduce((total, step) => total + step.scores.cry, 0);
    largest = Math.max(largest, sum / span);
  }
  return largest;
}
