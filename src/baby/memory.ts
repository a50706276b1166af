import * as v from 'valibot';
import { check } from '../check.js';
import { id, keptTime, listOf, name, recordOf } from '../door/fields.js';
import { DeepInfantError } from '../errors.js';
import { at } from '../unknown-data.js';
import { INTENSITIES, REASONS, type Answer, type Intensity } from '../values.js';
import { FACT, factIdOf, type ContextFact } from '../reason/facts.js';
import { FEATURES } from '../reason/personal.js';
import { PREDICTORS, type Prediction } from '../reason/prediction.js';

/** What a cry was: what a caregiver answered, or what relieved it. */
export interface Cause extends Omit<Answer, 'cry'> {
  /** `relief` is weaker evidence: fed, changed or put to sleep, and quiet. */
  from: 'caregiver' | 'relief';
  /** How likely the cry was this baby's, in (0, 1), where several babies may have cried and nobody said whose it was. */
  share?: number;
}

/** A remembered cry. */
export interface CryMemory {
  id: string;
  /** Epoch ms. */
  onset: number;
  /** Epoch ms; once it has ended. */
  offset?: number;
  /** Intensity of its `started` event, if there was one. */
  startedAs?: Intensity;
  /** CryNet's embedding, binary16 in base64; empty when the event had none. */
  embedding: string;
  said: Prediction;
  answer?: Cause;
  /** Whether it was this baby's or another's, if a caregiver said so, and when. */
  owner?: { isMine: boolean; at: number };
}

/** Whether a caregiver said what the cry was, or whose. */
export function isTold({ answer, owner }: CryMemory): boolean {
  return answer?.from === 'caregiver' || owner !== undefined;
}

/** All that is known of a baby, for JSON. Models are fitted to it each time and are not part of it. */
export interface BabyMemory {
  version: typeof MEMORY_VERSION;
  /** Newest first. */
  facts: ContextFact[];
  /** In the order in which they were heard. */
  cries: CryMemory[];
}

export const MEMORY_VERSION = 1;

export const EMPTY_MEMORY: BabyMemory = { version: MEMORY_VERSION, facts: [], cries: [] };

const MOST_FACTS = 10_000;
const MOST_CRIES = 10_000;
/** Of a room. */
const MOST_BABIES = 20;
/** 4096 numbers in base64. */
const LONGEST_EMBEDDING = 11_000;

const chance = v.pipe(v.number(), v.gtValue(0), v.maxValue(1));
// One check for each list: a schema for each of some 30,000 numbers would hold up Node-RED at every cry.
const numbers = (length: number) =>
  v.custom<number[]>(value => isNumbers(value, length), `a list of ${length} numbers`);
const chances = v.custom<number[]>(
  value => isNumbers(value, REASONS.length) && value.every(one => one > 0 && one <= 1),
  `a list of ${REASONS.length} probabilities`,
);
const chanceOfEach = recordOf(chance, MOST_BABIES);

const PREDICTION: v.GenericSchema<unknown, Prediction> = v.object({
  general: numbers(REASONS.length),
  personal: numbers(REASONS.length),
  voice: numbers(REASONS.length),
  features: numbers(FEATURES),
  told: v.object({ general: chances, personal: chances }),
  uses: v.picklist(PREDICTORS),
  who: v.optional(
    v.object({
      voice: chanceOfEach,
      commonest: chanceOfEach,
      named: v.optional(name),
      calledAs: v.optional(name),
    }),
  ),
});

/** Only compared with one another. */
const answerTime = v.pipe(v.number(), v.finite());

const CAUSE: v.GenericSchema<unknown, Cause> = v.object({
  reason: v.picklist(REASONS),
  at: answerTime,
  by: v.optional(name),
  from: v.picklist(['caregiver', 'relief']),
  share: v.optional(chance),
});

const CRY: v.GenericSchema<unknown, CryMemory> = v.object({
  id,
  onset: keptTime,
  offset: v.optional(keptTime),
  startedAs: v.optional(v.picklist(INTENSITIES)),
  embedding: v.pipe(v.string(), v.maxLength(LONGEST_EMBEDDING)),
  said: PREDICTION,
  answer: v.optional(CAUSE),
  owner: v.optional(v.object({ isMine: v.boolean(), at: answerTime })),
});

const MEMORY: v.GenericSchema<unknown, BabyMemory> = v.object({
  version: v.literal(MEMORY_VERSION),
  facts: listOf(FACT, MOST_FACTS),
  cries: listOf(CRY, MOST_CRIES),
});

function isNumbers(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every(Number.isFinite);
}

/**
 * The memory that a file or a message holds.
 * @throws DeepInfantError `invalid`; `memory` when a newer version wrote it
 */
export function checkMemory(value: unknown): BabyMemory {
  const version = at(value, 'version');
  if (typeof version === 'number' && version > MEMORY_VERSION) {
    throw new DeepInfantError(
      'memory',
      `This memory of a baby has version ${version}, and this program knows version ${MEMORY_VERSION}: update the program.`,
    );
  }
  return check(MEMORY, value, 'memory of the baby');
}

/**
 * @param share how likely the cry was this baby's, where nobody said
 * @throws DeepInfantError `invalid` for an unknown reason or an impossible time
 */
export function checkAnswer({ reason, at: when, by }: Answer, share?: number): Cause {
  const cause = { reason, at: when, ...(by && { by }), from: 'caregiver', ...(share && { share }) };
  return check(CAUSE, cause, 'answer');
}

/**
 * What two memories of one baby hold that were one before. What either has withdrawn since is left out; of a cry that both
 * know, what somebody told last counts, else what `ours` says.
 * @param before what both held
 */
export function joinMemories(
  other: BabyMemory,
  ours: BabyMemory,
  before: BabyMemory = EMPTY_MEMORY,
): BabyMemory {
  const factsOf = ({ facts }: BabyMemory): Map<string, ContextFact> =>
    new Map(facts.map(fact => [factIdOf(fact), fact]));
  const facts = joinMaps(factsOf(other), factsOf(ours), factsOf(before), (_, mine) => mine);
  const criesOf = (memory: BabyMemory): Map<string, CryMemory> =>
    new Map(memory.cries.map(cry => [cry.id, cry]));
  const known = criesOf(before);
  const cries = joinMaps(criesOf(other), criesOf(ours), known, (theirs, mine) =>
    joinCry(theirs, mine, known.get(mine.id)),
  );
  return {
    version: MEMORY_VERSION,
    facts: [...facts.values()].sort((a, b) => b.at - a.at),
    cries: [...cries.values()].sort((a, b) => a.onset - b.onset),
  };
}

/** What both have, and what either has that neither had before. */
function joinMaps<T>(
  other: ReadonlyMap<string, T>,
  ours: ReadonlyMap<string, T>,
  before: ReadonlyMap<string, T>,
  join: (other: T, ours: T) => T,
): Map<string, T> {
  const joined = new Map<string, T>();
  for (const [id, theirs] of other) {
    const mine = ours.get(id);
    if (mine !== undefined) joined.set(id, join(theirs, mine));
    else if (!before.has(id)) joined.set(id, theirs);
  }
  for (const [id, mine] of ours) if (!other.has(id) && !before.has(id)) joined.set(id, mine);
  return joined;
}

function joinCry(other: CryMemory, ours: CryMemory, before: CryMemory | undefined): CryMemory {
  const wasTold = before !== undefined && isTold(before);
  // Withdrawn there, and not told anew here.
  if (wasTold && !isTold(other) && toldAt(ours) === toldAt(before)) return other;
  if (wasTold && !isTold(ours) && toldAt(other) === toldAt(before)) return ours;
  return toldAt(other) > toldAt(ours) ? other : ours;
}

/** When somebody last told what a cry was, or whose, epoch ms; -Infinity where nobody did. */
function toldAt({ answer, owner }: CryMemory): number {
  return Math.max(answer?.at ?? -Infinity, owner?.at ?? -Infinity);
}
