import { REASONS, type Reason } from '../values.js';

/**
 * How common each reason is before anything is known, against the others. A need that returns oftener is cried about
 * oftener: a baby is fed about nine times a day and falls asleep about six times (the sources of rhythm.ts), and of the
 * other needs no such counts are known. Donate-a-Cry has hunger at 382 of 457 cries, but its shares are those of people who tried an app,
 * and nearly all say 'hungry'.
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

/** So many answers count as much as what holds for all babies. */
const PRIOR_ANSWERS = 10;

/** How common each reason is, in the order of REASONS: shares of the answers, counting n / (n + 10) (Dirichlet's prior). */
export function sharesOf(answers: readonly { label: number; weight: number }[]): number[] {
  const counts = PRIOR_SHARES.map(share => share * PRIOR_ANSWERS);
  for (const { label, weight } of answers) counts[label] += weight;
  const sum = counts.reduce((a, b) => a + b);
  return counts.map(count => count / sum);
}

/**
 * What naming a reason is worth, in tries: fed in vain is one.
 *
 * Who gets no name goes down the list. How he does it is not known; say, each time in another order, a reason before
 * another as often as it is commoner in this baby (Luce 1959). So before he tries reason r he has tried others in vain,
 * each other one j with chance q_j / (q_j + q_r): a name that is right saves all of these tries. A name that is wrong
 * costs one. The more common a reason, the less there is to save by naming it, and the surer one must be.
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
