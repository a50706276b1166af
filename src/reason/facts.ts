import * as v from 'valibot';
import { check } from '../check.js';
import { id, keptTime, numberFrom } from '../door/fields.js';

export const CONTEXT_KINDS = [
  'feed',
  'sleep',
  'wake',
  'change',
  'burp',
  'medicine',
  'temperature',
  'room',
] as const;
/** What a caregiver or a sensor reports; `sleep` is falling asleep, `change` a new nappy. */
export type ContextKind = (typeof CONTEXT_KINDS)[number];

export interface ContextFact {
  kind: ContextKind;
  /** Epoch time in ms. */
  at: number;
  /** A later fact with the same id replaces it: an edit, or the same thing told twice. */
  id?: string;
  /** In degrees: of the baby for a `temperature`, of the room for a `room`; other kinds have none. */
  celsius?: number;
}

/** A fact's id. Without one of its own, it has its kind and time as one: told twice, it counts once. */
export function factIdOf({ id, kind, at }: ContextFact): string {
  return id ?? `${kind}@${at}`;
}

/** The range that can be measured in a living baby or its room; anything else is Fahrenheit or a mistake. */
const POSSIBLE_CELSIUS = { temperature: [30, 45], room: [-10, 50] } as const;

/**
 * Whether a time is a date. Events of a recording whose time is unknown count ms from its beginning, and a clock that was
 * never set starts in 1970: both are long before any baby's time.
 */
export function hasEpoch(ms: number): boolean {
  return ms >= Date.UTC(2000, 0, 1);
}

const WITHOUT_DEGREES = CONTEXT_KINDS.filter(kind => kind !== 'temperature' && kind !== 'room');

const shared = {
  at: keptTime,
  id: v.optional(id),
};

/** A fact that a person, a sensor, a file or Baby Buddy gives. */
export const FACT: v.GenericSchema<unknown, ContextFact> = v.variant('kind', [
  v.object({
    ...shared,
    kind: v.literal('temperature'),
    celsius: numberFrom(...POSSIBLE_CELSIUS.temperature),
  }),
  v.object({ ...shared, kind: v.literal('room'), celsius: numberFrom(...POSSIBLE_CELSIUS.room) }),
  v.object({ ...shared, kind: v.picklist(WITHOUT_DEGREES) }),
]);

/** @throws DeepInfantError `invalid` when kind, time or degrees cannot be */
export function checkFact(fact: ContextFact): ContextFact {
  return check(FACT, fact, 'fact');
}
