import {
  REASONS,
  type Contribution,
  type CryEvent,
  type Intensity,
  type Reason,
  type ReasonEstimate,
} from '../values.js';
import { Context, hasEpoch, type BabyProfile, type ContextFact } from './context.js';
import { TIPS, factorText } from './phrase.js';

/**
 * Hunger 50 %, each other reason 10 %: halfway between not knowing and the Donate-a-Cry corpus, where caregivers
 * called 382 of 457 cries hungry and 8 to 27 each of the others. Its shares alone are those of people who tried an
 * app, and nearly all say 'hungry'.
 */
const PRIOR: Contribution = {
  part: 'prior',
  reason: 'hungry',
  factor: 5,
  text: 'hunger is the commonest reason: 5 times as likely as each other one',
};

/**
 * The sound's weight. Across babies the reason is not in the sound: every published result on babies not trained on is
 * at chance. What sound does carry is distress, so a scream speaks a little for pain and a fuss a little against it.
 */
const SOUND: Record<Intensity, [Reason, number][]> = {
  scream: [
    ['belly pain', 1.5],
    ['discomfort', 1.2],
  ],
  cry: [],
  fuss: [['belly pain', 1 / 1.5]],
};

/**
 * A reason is named when that helps more than an answer that needs no evidence. It must be likelier by this margin
 * than every other reason, the commonest among them; and by this margin likelier than it was without evidence, for
 * else naming it is no more than always saying the commonest. In between, the answer is 'unsure'.
 */
const MARGIN = 0.15;

/** Estimates why a baby cries: the posterior from how common reasons are, the context told and the sound. */
export class ReasonEstimator {
  private readonly context: Context;

  /** @throws DeepInfantError `birth-date` when it is not an ISO date. */
  constructor(baby: BabyProfile) {
    this.context = new Context(baby);
  }

  /** Takes what happened to the baby. @throws DeepInfantError `context` for an unknown kind or time. */
  tell(fact: ContextFact): void {
    this.context.tell(fact);
  }

  /** What was told and may still count, newest first. */
  get facts(): readonly ContextFact[] {
    return this.context.facts;
  }

  /** The reason for a cry as it was at its onset. A recording whose time is unknown is judged without context. */
  estimate(event: CryEvent): ReasonEstimate {
    const contributions = [
      PRIOR,
      ...(hasEpoch(event.onset) ? this.context.contributions(event.onset) : []),
      ...sound(event.intensity),
    ];
    const probabilities = posterior(contributions);
    const [best, second] = [...REASONS].sort((a, b) => probabilities[b] - probabilities[a]);
    const confidence = probabilities[best];
    const standsOut =
      confidence - probabilities[second] >= MARGIN && confidence - posterior([PRIOR])[best] >= MARGIN;
    const label = standsOut ? best : 'unsure';
    return {
      label,
      confidence,
      probabilities,
      contributions,
      tip: TIPS[label],
      learnedFrom: 0,
      accuracy: null,
      baselineAccuracy: null,
    };
  }
}

function sound(intensity: Intensity): Contribution[] {
  return SOUND[intensity].map(([reason, factor]) => ({
    part: 'sound',
    reason,
    factor,
    text: `sounds like a ${intensity}: ${factorText(reason, factor)}`,
  }));
}

/** Each reason's weight is the product of the factors that concern it. */
function posterior(contributions: readonly Contribution[]): Record<Reason, number> {
  const weights = REASONS.map(reason =>
    contributions.filter(c => c.reason === reason).reduce((weight, { factor }) => weight * factor, 1),
  );
  const sum = weights.reduce((total, weight) => total + weight);
  return Object.fromEntries(REASONS.map((reason, i) => [reason, weights[i] / sum])) as Record<Reason, number>;
}
