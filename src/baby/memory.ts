import { DeepInfantError } from '../errors.js';
import { isObject } from '../unknown-data.js';
import { INTENSITIES, REASONS, type Answer, type Intensity } from '../values.js';
import { checkFact, type ContextFact } from '../reason/facts.js';
import { FEATURES } from '../reason/personal.js';
import { PREDICTORS, type Prediction } from '../reason/prediction.js';

/** What a cry was: what a caregiver answered, or what relieved it. */
export interface Cause extends Omit<Answer, 'cry'> {
  /** `relief` is weaker evidence: fed, changed or put to sleep, and quiet. */
  from: 'caregiver' | 'relief';
}

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
  said: Prediction;
  answer?: Cause;
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
    isPrediction(said) &&
    (answer === undefined || isCause(answer)) &&
    (owner === undefined ||
      (isObject(owner) && typeof owner.isMine === 'boolean' && Number.isFinite(owner.at)))
  );
}

function isPrediction(value: unknown): boolean {
  if (!isObject(value) || !isObject(value.told)) return false;
  const { general, personal, voice, features, told, uses, who } = value;
  return (
    [general, personal, voice].every(logs => isNumbers(logs, REASONS.length)) &&
    isNumbers(features, FEATURES) &&
    PREDICTORS.every(by => isNumbers(told[by], REASONS.length) && told[by].every(isChance)) &&
    PREDICTORS.some(known => known === uses) &&
    (who === undefined || isBabyPrediction(who))
  );
}

function isBabyPrediction(value: unknown): boolean {
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

export function isCause(value: unknown): value is Cause {
  if (!isObject(value)) return false;
  const { reason, at, by, from } = value;
  return (
    REASONS.some(known => known === reason) &&
    Number.isFinite(at) &&
    (by === undefined || typeof by === 'string') &&
    (from === 'caregiver' || from === 'relief')
  );
}
