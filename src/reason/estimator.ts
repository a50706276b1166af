import {
  REASONS,
  type Contribution,
  type CryEvent,
  type Intensity,
  type Reason,
  type ReasonEstimate,
} from '../values.js';
import { DeepInfantError } from '../errors.js';
import { Context, type BabyProfile } from './context.js';
import { hasEpoch, type ContextFact } from './facts.js';
import {
  checkMemory,
  EMPTY_MEMORY,
  isAnswer,
  MEMORY_VERSION,
  packEmbedding,
  type Answer,
  type BabyMemory,
  type CryMemory,
} from './memory.js';
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

/** 'It was this': what a caregiver says of a cry. */
export interface CaregiverAnswer {
  /** `id` of the cry event. */
  cryId: string;
  reason: Reason;
  /** When it was said, epoch ms. */
  at: number;
}

/**
 * What became of an answer: `counted` as the first of its cry; `replaced` another one; `repeated` what was said before;
 * `outdated`, as a later one is there; `unknown-cry`, which never was or is too long ago to be remembered.
 */
export type AnswerOutcome = 'counted' | 'replaced' | 'repeated' | 'outdated' | 'unknown-cry';

/** Estimates why a baby cries: the posterior from how common reasons are, the context told and the sound. */
export class ReasonEstimator {
  private readonly context: Context;
  private readonly cries: CryMemory[];

  /**
   * @param memory what was learned before, of any origin: it is checked
   * @throws DeepInfantError `birth-date` when that is not an ISO date, `memory` when that is damaged or too new
   */
  constructor(baby: BabyProfile, memory: unknown = EMPTY_MEMORY) {
    const { facts, cries } = checkMemory(memory);
    this.context = new Context(baby);
    for (const fact of facts) this.context.tell(fact);
    this.cries = structuredClone(cries);
  }

  /** All that was told and learned, for JSON; a new estimator of the same baby goes on from it. */
  get memory(): BabyMemory {
    return { version: MEMORY_VERSION, facts: [...this.context.facts], cries: structuredClone(this.cries) };
  }

  /** Takes what happened to the baby. @throws DeepInfantError `context` for an unknown kind or time. */
  tell(fact: ContextFact): void {
    this.context.tell(fact);
  }

  /** Takes back what was told under an id. @returns whether there was any */
  forget(factId: string): boolean {
    return this.context.forget(factId);
  }

  /**
   * Takes what a caregiver says that a cry was. Of several answers the one with the latest `at` counts, in whichever
   * order they come.
   * @throws DeepInfantError `answer` for an unknown reason or no time
   */
  answer({ cryId, reason, at }: CaregiverAnswer): AnswerOutcome {
    const answer: Answer = { reason, at, from: 'caregiver' };
    if (!isAnswer(answer)) {
      throw new DeepInfantError(
        'answer',
        `'${reason}' at ${at} is no answer: give one of ${REASONS.join(', ')}, and its time in ms.`,
      );
    }
    const cry = this.cries.find(({ id }) => id === cryId);
    if (!cry) return 'unknown-cry';
    const before = cry.answer?.from === 'caregiver' ? cry.answer : undefined;
    if (before && before.reason === reason) return 'repeated';
    if (before && before.at > at) return 'outdated';
    cry.answer = answer;
    return before ? 'replaced' : 'counted';
  }

  /** Takes an answer back: what is learned is as if it had never been. @returns whether there was one */
  withdraw(cryId: string): boolean {
    const cry = this.cries.find(({ id }) => id === cryId);
    if (cry?.answer?.from !== 'caregiver') return false;
    delete cry.answer;
    return true;
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
    if (hasEpoch(event.onset)) this.remember(event, probabilities);
    return {
      label,
      confidence,
      probabilities,
      contributions,
      tip: TIPS[label],
      uses: 'general',
      learnedFrom: this.cries.filter(({ answer }) => answer).length,
      accuracy: null,
      baselineAccuracy: null,
      calibrationError: null,
    };
  }

  private remember(event: CryEvent, probabilities: Record<Reason, number>): void {
    const { id, onset, offset, intensity, embedding } = event;
    const said = REASONS.map(reason => probabilities[reason]);
    const cry: CryMemory = {
      id,
      onset,
      offset,
      intensity,
      // An event that came as JSON has lost its embedding.
      embedding: embedding instanceof Float32Array ? packEmbedding(embedding) : '',
      said: { probabilities: said, uses: 'general', general: said, personal: said, commonest: said },
    };
    const known = this.cries.find(other => other.id === id);
    if (known) Object.assign(known, cry);
    else this.cries.push(cry);
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
