import { REASONS, type Reason, type ReasonEstimate } from '../values.js';
import type { Language } from '../texts/language.js';
import type { WordlessContribution } from './evidence.js';
import { evidenceText } from './evidence-text.js';
import { benefitOfNaming } from './prior.js';
import { reasonTexts } from './sentences.js';

/** What is known of a cry's reason before one is named. Lists are in the order of REASONS. */
export interface Judgement extends Omit<
  ReasonEstimate,
  'label' | 'confidence' | 'probabilities' | 'tip' | 'contributions'
> {
  probabilities: readonly number[];
  contributions: readonly WordlessContribution[];
  /** How common each reason is in the baby. */
  shares: readonly number[];
}

/** Names the likeliest reason where that saves time, else `unsure`, and says in a language what that is based on. */
export function nameReason(
  { probabilities, shares, contributions, ...judgement }: Judgement,
  language: Language = 'en',
): ReasonEstimate {
  const texts = reasonTexts(language);
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
    contributions: contributions.map(piece => ({ ...piece, text: evidenceText(piece, texts) })),
    tip: texts.tip[label],
    ...judgement,
  };
}

/** A judgement that holds if it is this baby who is crying, and how likely that is. */
export interface Possibility {
  name: string;
  chance: number;
  judgement: Judgement;
}

/**
 * Combines the judgements of a cry that may be any of several babies: each counts by the chance that it is that baby (law
 * of total probability). The track record is the likeliest baby's.
 * @param possibilities at least one; their chances sum to 1
 */
export function mixJudgements(possibilities: readonly Possibility[]): Judgement {
  if (possibilities.length === 1) return possibilities[0].judgement;
  const likeliest = possibilities.reduce((a, b) => (b.chance > a.chance ? b : a));
  const mean = (of: 'probabilities' | 'shares'): number[] =>
    REASONS.map((_, i) =>
      // Rounded, their chances may sum to a little more than 1.
      Math.min(
        1,
        possibilities.reduce((sum, { chance, judgement }) => sum + chance * judgement[of][i], 0),
      ),
    );
  return {
    ...likeliest.judgement,
    probabilities: mean('probabilities'),
    shares: mean('shares'),
    contributions: possibilities.flatMap(({ name, judgement }) =>
      judgement.contributions.map(piece => ({ ...piece, baby: name })),
    ),
  };
}
