/** What a journal holds: entries, each with an id of its own, as JSON has them. */
import { DeepInfantError } from '../errors.js';
import type { ContextFact } from '../reason/facts.js';
import { isObject } from '../unknown-data.js';
import type { Answer, CryEvent, Intensity } from '../values.js';

/** A cry, from its first event on; its times and scores are those of the newest event. */
export interface CryEntry extends Omit<
  CryEvent,
  'state' | 'offsetS' | 'windows' | 'embedding' | 'clip' | 'picture'
> {
  kind: 'cry';
  /** Its intensity over time: from so many seconds after the onset on. */
  course: { atS: number; intensity: Intensity }[];
  /** Nobody told its end: the program was killed, or its source went away. `offset` is when it was last heard. */
  isCutOff?: true;
  /** What a caregiver said it was, when, and who. */
  answer?: Omit<Answer, 'cry'>;
  sound?: CrySound;
}

/** What was kept of a cry to hear and to see. */
export interface CrySound {
  /** Files: relative to the journal's folder, or absolute. */
  clip: string;
  picture: string;
  /** When the clip begins, epoch ms, and how long it is. */
  from: number;
  durationS: number;
  /** Size of both files. */
  bytes: number;
}

/** What was told of the baby. */
export interface FactEntry {
  kind: 'fact';
  id: string;
  fact: ContextFact;
}

/** A time over which a source was heard, epoch ms. Where there is none, nobody listened, whatever the cause. */
export interface HeardEntry {
  kind: 'heard';
  id: string;
  source: string;
  from: number;
  to: number;
}

export type Entry = CryEntry | FactEntry | HeardEntry;

/** When it was, epoch ms. */
export function timeOf(entry: Entry): number {
  switch (entry.kind) {
    case 'cry':
      return entry.onset;
    case 'fact':
      return entry.fact.at;
    case 'heard':
      return entry.to;
  }
}

/** When a cry was last heard, epoch ms. */
export function endOf({ onset, offset, durationS }: CryEntry): number {
  return offset ?? onset + 1000 * durationS;
}

/** The id under which a fact is kept. */
export function factId({ id, kind, at }: ContextFact): string {
  return `fact ${id ?? `${kind}@${at}`}`;
}

/** An entry that JSON brought. @throws DeepInfantError `journal` for what is none */
export function checkEntry(value: unknown): Entry {
  if (isObject(value) && typeof value.id === 'string' && isOfItsKind(value)) return value as unknown as Entry;
  throw new DeepInfantError('journal', 'This is no entry of a journal.');
}

function isOfItsKind(value: Record<string, unknown>): boolean {
  const { kind, onset, durationS, course, fact, source, from, to } = value;
  switch (kind) {
    case 'cry':
      return [onset, durationS].every(Number.isFinite) && Array.isArray(course);
    case 'fact':
      return isObject(fact) && Number.isFinite(fact.at) && typeof fact.kind === 'string';
    case 'heard':
      return typeof source === 'string' && [from, to].every(Number.isFinite);
    default:
      return false;
  }
}
