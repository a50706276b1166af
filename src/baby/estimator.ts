import { softmax } from '../maths/logistic.js';
import {
  REASONS,
  type Answer,
  type CryEvent,
  type EvidenceFact,
  type Intensity,
  type Reason,
  type ReasonEstimate,
} from '../values.js';
import { Context, type BabyProfile } from '../reason/context.js';
import { toContribution, logsOf, weigh, type Evidence } from '../reason/evidence.js';
import { hasEpoch, type ContextFact } from '../reason/facts.js';
import { History, type AnswerOutcome } from './history.js';
import { checkMemory, EMPTY_MEMORY, MEMORY_VERSION, type BabyMemory, type CryMemory } from './memory.js';
import { nameReason, type Judgement } from '../reason/judgement.js';
import { featuresOf } from '../reason/personal.js';
import type { BabyPrediction } from '../reason/prediction.js';
import { PRIOR_ODDS } from '../reason/prior.js';
import { accuraciesOf, type TrackRecord } from '../reason/record.js';

const PRIOR = REASONS.filter(reason => PRIOR_ODDS[reason] !== 1).map((reason): Evidence => ({
  part: 'prior',
  reason,
  log: Math.log(PRIOR_ODDS[reason]),
  fact: { kind: 'common' },
}));

/**
 * The weight of the sound. Across babies the reason is not in the sound: every published result on babies that the model
 * was not trained on is at chance. What sound does carry is distress, so a scream speaks a little for pain, a sudden one
 * more, and a fuss a little against it.
 */
const SOUND: Record<Intensity, [Reason, number][]> = {
  scream: [
    ['belly pain', 1.5],
    ['discomfort', 1.2],
  ],
  cry: [],
  fuss: [['belly pain', 1 / 1.5]],
};
const SUDDEN_SCREAM: [Reason, number] = ['belly pain', 1.3];

/** When a baby was last fed, epoch ms, and whether nobody told it, but an answer implies it. */
export interface LastFed {
  at: number;
  isImplied: boolean;
}

/** Estimates why a baby cries, and learns from what it really was. */
export class ReasonEstimator {
  private readonly context: Context;
  private readonly history: History;

  /**
   * @param memory what was learned before, of any origin: it is checked
   * @throws DeepInfantError `birth-date` when that is not an ISO date, `invalid` or `memory` when the memory is damaged or too new
   */
  constructor(baby: BabyProfile, memory: unknown = EMPTY_MEMORY) {
    const { facts, cries } = checkMemory(memory);
    this.context = new Context(baby, facts);
    this.history = new History(structuredClone(cries));
  }

  /** Everything that was told and learned, for JSON; a new estimator of the same baby continues from it. */
  get memory(): BabyMemory {
    return { version: MEMORY_VERSION, facts: [...this.context.facts], cries: this.history.memory };
  }

  /** What was told, newest first, to look at. */
  get facts(): readonly ContextFact[] {
    return this.context.facts;
  }

  /** The cries that are remembered, to look at. */
  get cries(): readonly Readonly<CryMemory>[] {
    return this.history.all;
  }

  /** How often it was right by caregivers' answers. */
  get record(): TrackRecord {
    return this.history.learned.record;
  }

  /** Adds a fact. @throws DeepInfantError `invalid` for an impossible fact. */
  tell(fact: ContextFact): void {
    this.context.tell(fact);
  }

  /** Removes the fact with an id. @returns whether there was one */
  forget(factId: string): boolean {
    return this.context.forget(factId);
  }

  /** The last feed before a time, epoch ms: one that somebody told, or one that follows from an answer. */
  lastFed(before: number): LastFed | undefined {
    const lastIn = (facts: readonly ContextFact[]): number =>
      facts.reduce(
        (last, { kind, at }) => (kind === 'feed' && at <= before ? Math.max(last, at) : last),
        -Infinity,
      );
    const told = lastIn(this.context.facts);
    const implied = lastIn(this.history.impliedFacts(this.context.facts));
    const at = Math.max(told, implied);
    return at === -Infinity ? undefined : { at, isImplied: implied > told };
  }

  /**
   * Takes what a caregiver says a cry was. Of several answers the one with the latest `at` counts, whichever arrives last.
   * @param share how likely the cry was this baby's, where several may have cried and nobody said
   * @throws DeepInfantError `invalid` for an unknown reason or an impossible time
   */
  answer(answer: Answer, share?: number): AnswerOutcome {
    return this.history.answer(answer, share);
  }

  /** Takes whose cry it was, this baby's or another's, as it takes answers. */
  setOwner(cryId: string, isMine: boolean, at: number): AnswerOutcome {
    return this.history.setOwner(cryId, isMine, at);
  }

  /** Withdraws what a cry was and whose: nothing learned from it stays. @returns whether there was an answer */
  withdraw(cryId: string): boolean {
    return this.history.withdraw(cryId);
  }

  /**
   * The reason for a cry, as things stood at its onset; call it for each of its events. A recording whose time is unknown
   * is judged without context and not remembered.
   */
  estimate(event: CryEvent): ReasonEstimate {
    return nameReason(this.judge(event));
  }

  /**
   * The same before a reason is named, given that it is this baby who is crying.
   * @param who what was predicted of who is crying, where it may be another baby
   */
  judge(event: CryEvent, who?: BabyPrediction): Judgement {
    const { id, onset, intensity, embedding } = event;
    const isTimed = hasEpoch(onset);
    if (isTimed) this.history.deriveReliefs(this.context.facts, onset);
    const circumstances = isTimed
      ? this.context.at(onset, this.history.impliedFacts(this.context.facts))
      : undefined;
    const startedAs = event.state === 'started' ? intensity : this.history.startedAs(id);
    const isSudden = startedAs === 'scream';
    const features = featuresOf(circumstances?.situation(this.history.sinceCryH(onset)), intensity, isSudden);
    const { personal, voice, weights, shares, learnedFrom, uses, record, calibrationError } =
      this.history.learned;

    const own = personal.logs(features);
    const general = [...PRIOR, ...(circumstances?.evidence() ?? []), ...soundEvidence(intensity, isSudden)];
    const context = [
      ...general,
      ...historyEvidence(own.common, { kind: 'answers', count: learnedFrom }),
      ...historyEvidence(own.situation, { kind: 'similar' }),
    ];
    const heard = historyEvidence(voice.logs(embedding), { kind: 'voice' });
    const weighed = {
      general: general.map(piece => weigh(piece, weights.general)),
      personal: [
        ...context.map(piece => weigh(piece, weights.personal)),
        ...heard.map(piece => weigh(piece, weights.voice)),
      ],
    };
    const told = {
      general: softmax(logsOf(weighed.general)),
      personal: softmax(logsOf(weighed.personal)),
    };
    if (isTimed) {
      const said = {
        general: logsOf(general),
        personal: logsOf(context),
        voice: logsOf(heard),
        features,
        told,
        uses,
        ...(who && { who }),
      };
      this.history.remember(event, said, startedAs);
    }

    return {
      probabilities: told[uses],
      shares,
      contributions: weighed[uses].map(toContribution),
      uses,
      learnedFrom,
      ...accuraciesOf(record),
      calibrationError,
    };
  }
}

function soundEvidence(intensity: Intensity, isSudden: boolean): Evidence[] {
  const evidence = SOUND[intensity].map(([reason, factor]): Evidence => ({
    part: 'sound',
    reason,
    log: Math.log(factor),
    fact: { kind: intensity === 'scream' ? 'scream' : 'fuss' },
  }));
  const [reason, factor] = SUDDEN_SCREAM;
  return isSudden
    ? [...evidence, { part: 'sound', reason, log: Math.log(factor), fact: { kind: 'sudden' } }]
    : evidence;
}

/** What answers say, reason by reason; empty where they change nothing. */
function historyEvidence(logs: readonly number[], fact: EvidenceFact): Evidence[] {
  return REASONS.map((reason, i): Evidence => ({ part: 'history', reason, log: logs[i], fact })).filter(
    ({ log }) => log !== 0,
  );
}
