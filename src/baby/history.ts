import {
  REASONS,
  type Answer,
  type CryEvent,
  type Intensity,
  type Reason,
  type ReasonEstimate,
} from '../values.js';
import type { ContextFact, ContextKind } from '../reason/facts.js';
import { checkAnswer, isTold, type Cause, type CryMemory } from './memory.js';
import { isEmbedding, packEmbedding } from '../reason/embedding.js';
import type { Prediction } from '../reason/prediction.js';
import { PersonalModel } from '../reason/personal.js';
import { sharesOf, sharesOfCounts } from '../reason/prior.js';
import {
  betterModel,
  calibrationErrorOf,
  NO_RECORD,
  trackRecords,
  type TrackRecord,
} from '../reason/record.js';
import { VoiceModel } from '../reason/voice-model.js';
import { earnedWeights } from '../reason/weighing.js';

/**
 * What became of an answer: `counted` as the first one to its cry; `replaced` another one; `repeated` the one before;
 * `outdated`, as a later one is there; `unknown-cry`, as there was no such cry or it is no longer remembered.
 */
export type AnswerOutcome = 'counted' | 'replaced' | 'repeated' | 'outdated' | 'unknown-cry';

/** The care that ends a cry with each reason. */
export const CARE: Partial<Record<Reason, ContextKind>> = {
  hungry: 'feed',
  tired: 'sleep',
  discomfort: 'change',
  burping: 'burp',
};
/** A cry ends within this time of the care that relieved it, and no other cry begins within it. */
const RELIEF_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;
/** Facts are told within this time; later ones change nothing. */
const SETTLING_MS = 24 * HOUR_MS;
/** Relative to an answer: a feed also soothes a baby who is not hungry. */
const RELIEF_WEIGHT = 0.2;

/** Two months to a year of answers, and a few days of cries that wait for one. */
const ANSWERED_KEPT = 500;
const WAITING_KEPT = 100;

/**
 * How much surer or less sure estimates should be than they are: a little less sure, until more is known. Of means from
 * 0.65 to 1 and precisions from 6 to 60, these did best in simulated families other than those in the documentation. And
 * how much a voice is worth: nothing until it has proved itself.
 */
const SHARPNESS_PRIOR = { mean: 0.85, precision: 40 };
export const VOICE_PRIOR = { mean: 0, precision: 4 };

/** What caregivers' answers taught, derived from all of them each time: an answer that is withdrawn leaves nothing behind. */
interface Confirmed {
  voice: VoiceModel;
  /** The exponent that each earned on cries whose answers it did not know. */
  weights: { general: number; personal: number; voice: number };
  /** Which model was better on those. */
  uses: ReasonEstimate['uses'];
  record: TrackRecord;
  calibrationError: ReasonEstimate['calibrationError'];
}

/** What answers and reliefs taught. */
interface Learned {
  personal: PersonalModel;
  /** How common each reason is in this baby, in the order of REASONS. */
  shares: number[];
  learnedFrom: number;
}

type AnsweredCry = CryMemory & { answer: Cause };

/** A baby's cries, what was predicted for them, and what they turned out to be. */
export class History {
  private confirmedNow: Confirmed | undefined;
  private learnedNow: Learned | undefined;

  /** @param cries in the order in which they were heard */
  constructor(private cries: CryMemory[]) {}

  get memory(): CryMemory[] {
    return structuredClone(this.cries);
  }

  /** The same, to look at: it changes with what becomes known. */
  get all(): readonly Readonly<CryMemory>[] {
    return this.cries;
  }

  get learned(): Learned & Confirmed {
    const answered = this.cries.filter(isAnswered);
    this.confirmedNow ??= confirm(answered.filter(({ answer }) => answer.from === 'caregiver'));
    this.learnedNow ??= learn(answered);
    return { ...this.learnedNow, ...this.confirmedNow };
  }

  /** Intensity of a cry's first event, if it was heard from its start. */
  startedAs(id: string): Intensity | undefined {
    return this.find(id)?.startedAs;
  }

  /** Keeps what was predicted for a cry until its answer is known. */
  remember(event: CryEvent, said: Prediction, startedAs: Intensity | undefined): void {
    const { id, onset, offset } = event;
    const known = this.find(id);
    // A later prediction would know the answer.
    if (known && isTold(known)) {
      known.offset = offset;
      return;
    }
    const embedding = packOrEmpty(event.embedding) || (known?.embedding ?? '');
    const cry: CryMemory = {
      id,
      onset,
      ...(offset && { offset }),
      ...(startedAs && { startedAs }),
      embedding,
      said,
    };
    if (known) this.cries[this.cries.indexOf(known)] = cry;
    else this.cries = dropOldest([...this.cries, cry]);
  }

  /**
   * Takes what caregivers say a cry was. The answer given last counts, whichever arrives last.
   * @param share how likely the cry was this baby's, where several may have cried and nobody said: it teaches as much less
   * @throws DeepInfantError `invalid` for an unknown reason or an impossible time
   */
  answer(given: Answer, share?: number): AnswerOutcome {
    const answer = checkAnswer(given, share);
    const { reason, at } = answer;
    const cry = this.find(given.cry);
    if (!cry) return 'unknown-cry';
    const before = cry.answer?.from === 'caregiver' ? cry.answer : undefined;
    const outcome = outcomeOf(before, before?.reason === reason, at);
    if (!(before && before.at > at)) cry.answer = answer;
    if (outcome === 'counted' || outcome === 'replaced') this.confirmedNow = this.learnedNow = undefined;
    return outcome;
  }

  /** Takes whose cry it was, in the same way as answers. Nothing is learned about this baby from another's cry. */
  setOwner(cryId: string, isMine: boolean, at: number): AnswerOutcome {
    const cry = this.find(cryId);
    if (!cry) return 'unknown-cry';
    const before = cry.owner;
    const outcome = outcomeOf(before, before?.isMine === isMine, at);
    if (before && before.at > at) return outcome;
    cry.owner = { isMine, at };
    if (isMine) delete cry.answer?.share;
    else delete cry.answer;
    this.confirmedNow = this.learnedNow = undefined;
    return outcome;
  }

  /** Withdraws whose cry it was and what. @returns whether there was an answer to withdraw */
  withdraw(cryId: string): boolean {
    const cry = this.find(cryId);
    if (!cry || !isTold(cry)) return false;
    delete cry.answer;
    delete cry.owner;
    this.confirmedNow = this.learnedNow = undefined;
    return true;
  }

  /**
   * Derives what relieved the last day's cries that have no answer, now that another cry begins: weaker evidence.
   * @param facts newest first
   * @param now onset of the cry that begins
   */
  deriveReliefs(facts: readonly ContextFact[], now: number): void {
    const own = this.cries.filter(mayBeMine);
    const onsets = [...own.map(({ onset }) => onset), now];
    for (const cry of own) {
      if (cry.onset <= now - SETTLING_MS || cry.onset >= now || cry.answer?.from === 'caregiver') continue;
      const next = Math.min(...onsets.filter(onset => onset > cry.onset));
      const reason = reliefOf(cry, facts, next);
      if (reason === cry.answer?.reason) continue;
      if (reason) cry.answer = { reason, at: cry.offset!, from: 'relief' };
      else delete cry.answer;
      this.learnedNow = undefined;
    }
  }

  /**
   * Facts that follow from answers: it was hunger, so the baby was fed when the cry ended. Care that somebody told for the
   * same occasion, from the cry's onset to ten minutes after its end, is known better: nothing follows then.
   * @param told facts that somebody told
   */
  impliedFacts(told: readonly ContextFact[]): ContextFact[] {
    return this.cries.filter(isAnswered).flatMap(cry => {
      const { answer, onset, offset } = cry;
      const kind = isCertain(cry) ? CARE[answer.reason] : undefined;
      if (!kind || offset === undefined) return [];
      const isTold = told.some(
        fact => fact.kind === kind && fact.at >= onset && fact.at <= offset + RELIEF_MS,
      );
      return isTold ? [] : [{ kind, at: offset }];
    });
  }

  /** Hours since the onset of the last cry before a time, epoch ms. */
  sinceCryH(onset: number): number | undefined {
    const last = this.cries.findLast(cry => cry.onset < onset && mayBeMine(cry));
    return last && (onset - last.onset) / HOUR_MS;
  }

  private find(id: string): CryMemory | undefined {
    return this.cries.findLast(cry => cry.id === id);
  }
}

/** The care nearest to a cry's end, if quiet followed. */
function reliefOf(
  { onset, offset }: CryMemory,
  facts: readonly ContextFact[],
  next: number,
): Reason | undefined {
  if (offset === undefined || next < offset + RELIEF_MS) return undefined;
  const distance = ({ at }: ContextFact): number => Math.abs(at - offset);
  const [nearest] = facts
    .filter(fact => reasonFor(fact.kind) && fact.at >= onset && distance(fact) <= RELIEF_MS)
    .sort((a, b) => distance(a) - distance(b)) as [ContextFact?];
  return nearest && reasonFor(nearest.kind);
}

function reasonFor(care: ContextKind): Reason | undefined {
  return REASONS.find(reason => CARE[reason] === care);
}

/** What becomes of an answer, given the one before it, if any. */
function outcomeOf(before: { at: number } | undefined, isSame: boolean, at: number): AnswerOutcome {
  if (!before) return 'counted';
  if (isSame) return 'repeated';
  return before.at > at ? 'outdated' : 'replaced';
}

/** Whether the cry may have been this baby's. */
function mayBeMine({ owner }: CryMemory): boolean {
  return owner?.isMine !== false;
}

function isAnswered(cry: CryMemory): cry is AnsweredCry {
  return cry.answer !== undefined;
}

/** Whether a caregiver said what this baby's cry was. */
function isCertain({ answer }: AnsweredCry): boolean {
  return answer.from === 'caregiver' && answer.share === undefined;
}

/** Drops the oldest cry where there are too many: of those that a caregiver answered, and of the others. */
function dropOldest(cries: CryMemory[]): CryMemory[] {
  const oldestOf = (some: readonly CryMemory[], kept: number): CryMemory | undefined =>
    some.length > kept ? some[0] : undefined;
  const dropped = [
    oldestOf(cries.filter(isTold), ANSWERED_KEPT),
    oldestOf(
      cries.filter(cry => !isTold(cry)),
      WAITING_KEPT,
    ),
  ];
  return cries.filter(cry => !dropped.includes(cry));
}

/** Empty where there is no embedding. */
function packOrEmpty(embedding: unknown): string {
  return isEmbedding(embedding) ? packEmbedding(embedding) : '';
}

function learn(cries: readonly AnsweredCry[]): Learned {
  const lessons = cries.map(({ said, answer }) => ({
    ...said,
    label: REASONS.indexOf(answer.reason),
    weight: answer.from === 'caregiver' ? (answer.share ?? 1) : RELIEF_WEIGHT,
  }));
  const learnedFrom = cries.filter(({ answer }) => answer.from === 'caregiver').length;
  return { personal: new PersonalModel(lessons), shares: sharesOf(lessons), learnedFrom };
}

function confirm(cries: readonly AnsweredCry[]): Confirmed {
  const labelled = cries.map(({ said, answer, embedding, onset }) => ({
    ...said,
    embedding,
    onset,
    answeredAt: answer.at,
    probabilities: said.told[said.uses],
    label: REASONS.indexOf(answer.reason),
    isCertain: answer.share === undefined,
  }));
  // Which model is better shows in all answers; how right it was of this baby, and its voice, in those to its own cries.
  const own = labelled.filter(({ isCertain }) => isCertain);
  const [general] = earnedWeights(
    labelled.map(({ general, label }) => ({ parts: [general], label })),
    [SHARPNESS_PRIOR],
  );
  const [personal, voice] = earnedWeights(
    labelled.map(({ personal, voice, label }) => ({ parts: [personal, voice], label })),
    [SHARPNESS_PRIOR, VOICE_PRIOR],
  );
  return {
    voice: new VoiceModel(own),
    weights: { general, personal, voice },
    uses: betterModel(labelled),
    record:
      trackRecords(
        [...own].sort((a, b) => a.onset - b.onset),
        sharesOfCounts,
      ).at(-1) ?? NO_RECORD,
    calibrationError: calibrationErrorOf(own),
  };
}
