import { DeepInfantError } from '../errors.js';

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
/** What a caregiver or a sensor tells; `sleep` is falling asleep, `change` a new nappy. */
export type ContextKind = (typeof CONTEXT_KINDS)[number];

export interface ContextFact {
  kind: ContextKind;
  /** Epoch time in ms. */
  at: number;
  /** A later fact of the same id replaces it: an edit, or the same thing told twice. */
  id?: string;
  /** Of a `temperature` the baby's, of a `room` the room's, in degrees; others have none. */
  celsius?: number;
}

/** What can be measured in a living baby or its room; anything else is Fahrenheit or a mistake. */
const POSSIBLE_CELSIUS = { temperature: [30, 45], room: [-10, 50] } as const;

/**
 * Whether a time is one of the world's. Events of a recording whose time is unknown count ms from its beginning, and
 * a clock that was never set begins at 1970: both lie long before any baby's time.
 */
export function hasEpoch(ms: number): boolean {
  return ms >= Date.UTC(2000, 0, 1);
}

/** @throws DeepInfantError `context` when kind, time or degrees cannot be */
export function checkFact({ kind, at, id, celsius }: ContextFact): void {
  if (!CONTEXT_KINDS.includes(kind)) {
    throw refused(`'${kind}' cannot be told: choose one of ${CONTEXT_KINDS.join(', ')}.`);
  }
  if (!(hasEpoch(at) && Number.isFinite(at))) {
    throw refused(`The time of '${kind}' is ${String(at)}: give it in ms since 1970, as Date.now() does.`);
  }
  if (id !== undefined && typeof id !== 'string') throw refused(`The id of '${kind}' is no text.`);
  if (kind !== 'temperature' && kind !== 'room') return;
  const [least, most] = POSSIBLE_CELSIUS[kind];
  if (!(celsius !== undefined && celsius >= least && celsius <= most)) {
    throw refused(`A '${kind}' of ${String(celsius)} cannot be: give celsius, ${least} to ${most} degrees.`);
  }
}

function refused(message: string): DeepInfantError {
  return new DeepInfantError('context', message);
}
