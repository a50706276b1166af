import { DeepInfantError } from '../errors.js';
import { fromFloat16, toFloat16 } from '../maths/float16.js';
import { isObject } from '../unknown-data.js';
import { REASONS, type Intensity, type Reason } from '../values.js';
import { checkFact, type ContextFact } from '../reason/facts.js';
import { FEATURES } from '../reason/personal.js';

/** What became of a cry: what the caregiver said it was, or what was done just before it ended. */
export interface Answer {
  reason: Reason;
  /** When it was given, epoch ms: of two answers the later counts. */
  at: number;
  /** `relief` is weaker evidence: fed, changed or put to sleep, and quiet. */
  from: 'caregiver' | 'relief';
}

/** What was known and said of a cry before its answer. Lists of numbers are in the order of REASONS. */
export interface Said {
  /** Logarithms of each reason's odds: by what holds for all babies; by what was learned of this one, too; by its voice. */
  general: number[];
  personal: number[];
  voice: number[];
  /** The situation, as the personal model sees it. */
  features: number[];
  /** Probabilities that each would have told, and which one did. */
  told: Record<Teller, number[]>;
  uses: Exclude<Teller, 'commonest'>;
  /** Where several babies may cry. */
  who?: WhoSaid;
}

/** Probabilities of each baby in the room, by its name: by the voice, and by how often each cried. */
export interface WhoSaid {
  voice: Record<string, number>;
  commonest: Record<string, number>;
  /** The baby that was named to the caregiver; none while the voice had not proved itself. */
  named?: string;
}

/** The two models, and who always says what was commonest so far. */
export const TELLERS = ['general', 'personal', 'commonest'] as const;
export type Teller = (typeof TELLERS)[number];

/** A cry as it is remembered. */
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
  said: Said;
  answer?: Answer;
  /** Whether it was this baby's or another's, if a caregiver told, and when. */
  owner?: { isMine: boolean; at: number };
}

/** Whether a caregiver told what it was, or whose. */
export function isTold({ answer, owner }: CryMemory): boolean {
  return answer?.from === 'caregiver' || owner !== undefined;
}

/** All that is known of a baby, as JSON has it. Models are made anew from it, and are no part of it. */
export interface BabyMemory {
  version: typeof MEMORY_VERSION;
  /** Newest first. */
  facts: ContextFact[];
  /** In the order in which they were heard. */
  cries: CryMemory[];
}

export const MEMORY_VERSION = 1;

export const EMPTY_MEMORY: BabyMemory = { version: MEMORY_VERSION, facts: [], cries: [] };

/**
 * What a file or a message holds as a memory, checked field by field.
 * @throws DeepInfantError `memory` for what is none, or is of a newer version
 */
export function checkMemory(value: unknown): BabyMemory {
  if (!isObject(value)) throw notAMemory('it is no object');
  const { version, facts, cries } = value;
  if (typeof version === 'number' && version > MEMORY_VERSION) {
    throw new DeepInfantError(
      'memory',
      `This baby's memory is of version ${version}, and this program knows ${MEMORY_VERSION}: update the program.`,
    );
  }
  if (version !== MEMORY_VERSION) throw notAMemory(`its version is ${JSON.stringify(version)}`);
  if (!Array.isArray(facts)) throw notAMemory('it has no list of facts');
  if (!Array.isArray(cries)) throw notAMemory('it has no list of cries');
  for (const fact of facts as unknown[]) {
    if (!isObject(fact)) throw notAMemory('one of its facts is none');
    checkFact(fact as unknown as ContextFact);
  }
  const odd = cries.findIndex(cry => !isCryMemory(cry));
  if (odd >= 0) throw notAMemory(`cry ${odd} is damaged`);
  return { version: MEMORY_VERSION, facts: facts as ContextFact[], cries: cries as CryMemory[] };
}

function notAMemory(why: string): DeepInfantError {
  return new DeepInfantError('memory', `This is not the memory of a baby: ${why}. Restore a copy of it.`);
}

function isCryMemory(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { id, onset, offset, startedAs, embedding, said, answer, owner } = value;
  return (
    typeof id === 'string' &&
    Number.isFinite(onset) &&
    (offset === undefined || Number.isFinite(offset)) &&
    (startedAs === undefined || INTENSITIES.some(known => known === startedAs)) &&
    typeof embedding === 'string' &&
    isSaid(said) &&
    (answer === undefined || isAnswer(answer)) &&
    (owner === undefined ||
      (isObject(owner) && typeof owner.isMine === 'boolean' && Number.isFinite(owner.at)))
  );
}

const INTENSITIES: readonly Intensity[] = ['fuss', 'cry', 'scream'];

function isSaid(value: unknown): boolean {
  if (!isObject(value) || !isObject(value.told)) return false;
  const { general, personal, voice, features, told, uses, who } = value;
  return (
    [general, personal, voice].every(logs => isNumbers(logs, REASONS.length)) &&
    isNumbers(features, FEATURES) &&
    TELLERS.every(teller => isNumbers(told[teller], REASONS.length) && told[teller].every(isChance)) &&
    (uses === 'general' || uses === 'personal') &&
    (who === undefined || isWhoSaid(who))
  );
}

function isWhoSaid(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { voice, commonest, named } = value;
  return (
    [voice, commonest].every(chances => isObject(chances) && Object.values(chances).every(isChance)) &&
    (named === undefined || typeof named === 'string')
  );
}

function isChance(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 1;
}

function isNumbers(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every(Number.isFinite);
}

export function isAnswer(value: unknown): value is Answer {
  if (!isObject(value)) return false;
  const { reason, at, from } = value;
  return (
    REASONS.some(known => known === reason) &&
    Number.isFinite(at) &&
    (from === 'caregiver' || from === 'relief')
  );
}

/** Whether it can be kept as one: an event that came as JSON has lost its embedding. */
export function isEmbedding(value: unknown): value is Float32Array {
  return value instanceof Float32Array && value.every(number => Math.abs(number) < 6e4);
}

/** As compact as JSON allows: 683 characters for 256 numbers, rounded to 11 bits. */
export function packEmbedding(embedding: Float32Array): string {
  const bits = toFloat16(embedding);
  return Buffer.from(bits.buffer).toString('base64');
}

export function unpackEmbedding(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  const bits = new Uint16Array(bytes.length >> 1);
  for (let i = 0; i < bits.length; i++) bits[i] = bytes.readUInt16LE(2 * i);
  return fromFloat16(bits);
}
