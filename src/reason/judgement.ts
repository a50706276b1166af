import { REASONS, type Reason, type ReasonEstimate } from '../values.js';
import { TIPS } from './phrase.js';
import { benefitOfNaming } from './prior.js';

/** What is known of a cry's reason before it gets a name. Lists are in the order of REASONS. */
export interface Judgement extends Omit<ReasonEstimate, 'label' | 'confidence' | 'probabilities' | 'tip'> {
  probabilities: readonly number[];
  /** How common each reason is in the baby. */
  shares: readonly number[];
}

/** Names the likeliest reason where that is worth it. */
export function named({ probabilities, shares, ...judgement }: Judgement): ReasonEstimate {
  const confidence = Math.max(...probabilities);
  const best = probabilities.indexOf(confidence);
  const label = benefitOfNaming(best, probabilities, shares) > 0 ? REASONS[best] : 'unsure';
  return {
    label,
    confidence,
    probabilities: Object.fromEntries(REASONS.map((reason, i) => [reason, probabilities[i]])) as Record<
      Reason,
      number
    >,
    tip: TIPS[label],
    ...judgement,
  };
}

/** A judgement that holds if it is this baby who cries, and how likely that is. */
export interface Possibility {
  name: string;
  chance: number;
  judgement: Judgement;
}

/**
 * What is known of a cry that may be one of several babies': each one's judgement counts as much as it is likely to be
 * that baby (law of total probability). Its record is the likeliest baby's.
 * @param possibilities whose chances sum to 1
 */
export function mixed(possibilities: readonly Possibility[]): Judgement {
  if (possibilities.length === 1) return possibilities[0].judgement;
  const likeliest = possibilities.reduce((a, b) => (b.chance > a.chance ? b : a));
  const mean = (of: 'probabilities' | 'shares'): number[] =>
    REASONS.map((_, i) =>
      possibilities.reduce((sum, { chance, judgement }) => sum + chance * judgement[of][i], 0),
    );
  return {
    ...likeliest.judgement,
    probabilities: mean('probabilities'),
    shares: mean('shares'),
    contributions: possibilities.flatMap(({ name, judgement }) =>
      judgement.contributions.map(piece => ({ ...piece, text: `${name}, ${piece.text}` })),
    ),
  };
}
