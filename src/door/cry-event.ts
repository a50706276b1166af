import * as v from 'valibot';
import { check } from '../check.js';
import { isObject } from '../unknown-data.js';
import { CRY_STATES, type CryEvent, INTENSITIES, type Reason, REASONS } from '../values.js';
import {
  count,
  id,
  listOf,
  name,
  numberFrom,
  path,
  recordOf,
  seconds,
  sentence,
  share,
  soundTime,
} from './fields.js';

/** Embeddings of all models that ship are shorter. */
const MOST_EMBEDDING = 4096;
/** Five seconds of steps between two events, and a margin for a cry that is reported late. */
const MOST_WINDOWS = 10_000;
const MOST_CONTRIBUTIONS = 200;
/** Babies of one room. */
const MOST_BABIES = 20;

const reason = v.picklist(REASONS);

const isImplied = v.optional(v.literal(true));

const evidenceFact = v.variant('kind', [
  v.object({ kind: v.picklist(['feed', 'burp', 'change']), agoS: seconds, isImplied }),
  v.object({ kind: v.literal('medicine'), agoS: seconds }),
  v.object({ kind: v.literal('awake'), forS: seconds }),
  v.object({ kind: v.literal('asleep'), forS: seconds, isImplied }),
  v.object({ kind: v.picklist(['fever', 'room']), celsius: numberFrom(-100, 100) }),
  v.object({ kind: v.literal('age'), days: count }),
  v.object({ kind: v.literal('hour'), clock: v.pipe(v.string(), v.regex(/^\d{1,2}:\d\d$/)) }),
  v.object({ kind: v.literal('answers'), count }),
  v.object({ kind: v.picklist(['common', 'fuss', 'scream', 'sudden', 'similar', 'voice']) }),
]);

const reasonEstimate = v.object({
  label: v.picklist([...REASONS, 'unsure']),
  confidence: share,
  probabilities: v.object(
    Object.fromEntries(REASONS.map(each => [each, share])) as Record<Reason, typeof share>,
  ),
  contributions: listOf(
    v.object({
      part: v.picklist(['prior', 'context', 'sound', 'history']),
      reason,
      factor: numberFrom(0, 1e9),
      fact: v.optional(evidenceFact),
      baby: v.optional(name),
      text: sentence,
    }),
    MOST_CONTRIBUTIONS,
  ),
  tip: sentence,
  uses: v.picklist(['general', 'personal']),
  learnedFrom: count,
  accuracy: v.nullable(share),
  baselineAccuracy: v.nullable(share),
  calibrationError: v.nullable(share),
});

const babyEstimate = v.object({
  label: name,
  probabilities: recordOf(share, MOST_BABIES),
  learnedFrom: count,
  accuracy: v.nullable(share),
  baselineAccuracy: v.nullable(share),
});

/** A `Float32Array`, or a list of numbers. What JSON makes of a `Float32Array` is neither: the event then has none. */
const embedding = v.pipe(
  v.unknown(),
  v.transform(value => {
    if (value instanceof Float32Array) return value;
    return Array.isArray(value)
      ? Float32Array.from(value.slice(0, MOST_EMBEDDING + 1), asNumber)
      : new Float32Array();
  }),
  v.check(({ length }) => length <= MOST_EMBEDDING, `at most ${MOST_EMBEDDING} numbers`),
  v.check(numbers => numbers.every(Number.isFinite), 'finite numbers'),
);

function asNumber(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}

const voice = v.object({
  f0Hz: v.nullable(numberFrom(0, 10_000)),
  roughness: share,
  balanceDb: numberFrom(-300, 300),
});

/** Fields that an event shares with what is kept of a cry. */
export const CRY_FIELDS = {
  id,
  source: name,
  durationS: seconds,
  intensity: v.picklist(INTENSITIES),
  guess: v.optional(
    v.partial(
      v.object(Object.fromEntries(REASONS.map(each => [each, share])) as Record<Reason, typeof share>),
    ),
  ),
  reason: v.optional(reasonEstimate),
  who: v.optional(babyEstimate),
  onsetS: v.optional(seconds, 0),
  peakScore: v.optional(share, 0),
  meanScore: v.optional(share, 0),
  voice: v.optional(voice, { f0Hz: null, roughness: 0, balanceDb: 0 }),
};

const CRY_EVENT: v.GenericSchema<unknown, CryEvent> = v.pipe(
  v.object({
    ...CRY_FIELDS,
    state: v.picklist(CRY_STATES),
    onset: soundTime,
    offset: v.optional(soundTime),
    offsetS: v.optional(seconds),
    windows: v.optional(listOf(v.object({ startS: seconds, score: share }), MOST_WINDOWS), []),
    embedding,
    clip: v.optional(path),
    picture: v.optional(path),
  }),
  v.check(
    ({ onset, offset }) => offset === undefined || offset >= onset,
    'an offset that is not before the onset',
  ),
);

/** Whether a value claims to be a cry event: whoever reads it then gets the event or an error. */
export function isLikeCryEvent(value: unknown): boolean {
  return isObject(value) && 'onset' in value;
}

/**
 * The cry event that a message, a file or a socket brings, also as JSON.
 * @throws DeepInfantError `invalid`
 */
export function readCryEvent(value: unknown): CryEvent {
  return check(CRY_EVENT, value, 'cry event');
}
