/** What a journal holds: entries, each with its own id, as JSON has them. */
import * as v from 'valibot';
import { check } from '../check.js';
import { CRY_FIELDS } from '../door/cry-event.js';
import { count, keptTime, listOf, name, path, seconds } from '../door/fields.js';
import { FACT, type ContextFact } from '../reason/facts.js';
import { INTENSITIES, REASONS, type Answer, type CryEvent, type Intensity } from '../values.js';

/** A cry, from its first event on; its times and scores are those of the newest event. */
export interface CryEntry extends Omit<
  CryEvent,
  'state' | 'offsetS' | 'windows' | 'embedding' | 'clip' | 'picture'
> {
  kind: 'cry';
  /** Its intensity over time: from so many seconds after the onset on. */
  course: { atS: number; intensity: Intensity }[];
  /** Its end never arrived: the program was killed, or its source went away. `offset` is when it was last heard. */
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

/** What a person or a sensor told of the baby. */
export interface FactEntry {
  kind: 'fact';
  id: string;
  fact: ContextFact;
}

/** A time (epoch ms) over which a source was heard. Where there is none, nothing was listening, whatever the cause. */
export interface HeardEntry {
  kind: 'heard';
  id: string;
  source: string;
  from: number;
  to: number;
}

export type Entry = CryEntry | FactEntry | HeardEntry;

/** When it was, epoch ms. */
export function entryTime(entry: Entry): number {
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

/** The id of the entry of a fact. @param factId as factIdOf gives it */
export function factEntryId(factId: string): string {
  return `fact ${factId}`;
}

const MOST_CHANGES = 100_000;

const id = v.pipe(v.string(), v.nonEmpty(), v.maxLength(1000));

const ENTRY = v.variant('kind', [
  v.object({
    ...CRY_FIELDS,
    kind: v.literal('cry'),
    onset: keptTime,
    offset: v.optional(keptTime),
    course: listOf(v.object({ atS: seconds, intensity: v.picklist(INTENSITIES) }), MOST_CHANGES),
    isCutOff: v.optional(v.literal(true)),
    answer: v.optional(v.object({ reason: v.picklist(REASONS), at: keptTime, by: v.optional(name) })),
    sound: v.optional(
      v.object({ clip: path, picture: path, from: keptTime, durationS: seconds, bytes: count }),
    ),
  }),
  v.object({ kind: v.literal('fact'), id, fact: FACT }),
  v.object({ kind: v.literal('heard'), id, source: name, from: keptTime, to: keptTime }),
]);

/** An entry that comes from JSON, or that is about to be written. @throws DeepInfantError `invalid` */
export function checkEntry(value: unknown): Entry {
  return check(ENTRY, value, 'journal entry');
}
