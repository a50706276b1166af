import { REASONS, type Reason } from '../values.js';

/**
 * How common each reason is before anything is known, as odds. A need that returns more often causes more cries: a baby
 * is fed about nine times a day and falls asleep about six times (the sources are in rhythm.ts); no such counts are known
 * for the other needs. In Donate-a-Cry 382 of 457 cries are hunger, but these are the answers of people who tried an app,
 * and nearly all of them said 'hungry'.
 */
export const PRIOR_ODDS: Record<Reason, number> = {
  hungry: 3,
  tired: 2,
  discomfort: 1,
  'belly pain': 1,
  burping: 1,
  lonely: 1,
};

const PRIOR_SUM = REASONS.reduce((sum, reason) => sum + PRIOR_ODDS[reason], 0);
const PRIOR_SHARES = REASONS.map(reason => PRIOR_ODDS[reason] / PRIOR_SUM);

/** The number of answers that count as much as what holds for all babies. */
const PRIOR_ANSWERS = 10;

/** How common each reason is, in the order of REASONS: shares of n answers, which count n / (n + 10) (a Dirichlet prior). */
export function sharesOf(answers: readonly { label: number; weight: number }[]): number[] {
  const counts = PRIOR_SHARES.map(() => 0);
  for (const { label, weight } of answers) counts[label] += weight;
  return sharesOfCounts(counts);
}

/** The same of how often each reason was answered, in the order of REASONS. */
export function sharesOfCounts(counts: readonly number[]): number[] {
  const withPrior = counts.map((count, i) => count + PRIOR_SHARES[i] * PRIOR_ANSWERS);
  const sum = withPrior.reduce((a, b) => a + b);
  return withPrior.map(count => count / sum);
}

/**
 * What naming a reason is worth, in tries: a feed that does not help is one.
 *
 * A parent who gets no name works through the list. In which order is unknown; assume a new order each time, in which a
 * reason comes before another as often as it is commoner in this baby (Luce 1959). So before trying reason r they have
 * tried others in vain, each other reason j with probability q_j / (q_j + q_r): the right name saves all of these tries. A
 * wrong name costs one. The commoner a reason, the less naming it saves, and the surer the estimate must be.
 * @param reason index of REASONS
 * @param probabilities of this cry, and how common each is, in the order of REASONS
 */
export function benefitOfNaming(
  reason: number,
  probabilities: readonly number[],
  shares: readonly number[],
): number {
  const saved = shares.reduce((sum, q, j) => (j === reason ? sum : sum + q / (q + shares[reason])), 0);
  return probabilities[reason] * saved - (1 - probabilities[reason]);
}
