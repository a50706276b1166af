import { existsSync, readFileSync } from 'node:fs';
import { DeepInfantError } from '../errors.js';
import { timeOf } from '../baby/told.js';
import type { CryEvent } from '../values.js';
import type { CryEntry, Entry } from './entries.js';
import { exported, exportedCsv } from './export.js';
import { soundPaths } from './journal.js';
import { cryText, periodText, recordText, weeksText, weekText } from './phrase.js';
import { cryDrawing } from './pictures/cry.js';
import { recordPicture } from './pictures/record.js';
import { timelinePicture } from './pictures/timeline.js';
import { weeksPicture } from './pictures/weeks.js';
import { cryOf, dayOf, nightOf, reasonRecordOf, weekOf, weeksByHourOf } from './questions.js';

const PERIODS = ['night', 'day', 'week', 'weeks'] as const;

/** A question to a journal. `at` is a time in what is asked about, epoch ms. */
export type Question =
  | { ask: (typeof PERIODS)[number]; at: number }
  /** The newest cry where it has no id. */
  | { ask: 'cry'; id?: string }
  | { ask: 'accuracy' }
  | { ask: 'export'; as: 'json' | 'csv' }
  | { ask: 'forget' };

/** What a journal answers. */
export interface Answer {
  payload: unknown;
  /** The same in words. */
  text?: string;
  /** The same drawn, as SVG. */
  picture?: string;
}

/** A journal, as far as it is needed to answer. */
export interface Asked {
  entries: Iterable<Entry>;
  folder: string;
}

/**
 * The question of a message: a word in its topic, and what belongs to it in its payload.
 * @throws DeepInfantError `not-a-question`; `context` for a time that is none
 */
export function readQuestion(
  { topic, payload }: { topic?: unknown; payload?: unknown },
  nowMs: number,
): Question {
  const period = PERIODS.find(known => known === topic);
  if (period) return { ask: period, at: timeOf(localNoon(payload), nowMs) };
  if (topic === 'cry')
    return { ask: 'cry', ...(typeof payload === 'string' && payload !== '' && { id: payload }) };
  if (topic === 'accuracy') return { ask: 'accuracy' };
  if (topic === 'export') return { ask: 'export', as: payload === 'csv' ? 'csv' : 'json' };
  if (topic === 'forget' && payload === 'everything') return { ask: 'forget' };
  throw new DeepInfantError(
    'not-a-question',
    "The message is neither audio, a cry event nor the health of a source, and msg.topic is no question: send night, day, week, weeks, cry, accuracy or export; or forget with 'everything' as the payload.",
  );
}

/** @param now epoch ms @throws DeepInfantError `unknown-cry` */
export function ask(
  { entries, folder }: Asked,
  question: Exclude<Question, { ask: 'forget' }>,
  now: number,
): Answer {
  const withPaths = (cry: CryEntry): CryEntry & Pick<CryEvent, 'clip' | 'picture'> => ({
    ...cry,
    ...soundPaths(folder, cry.sound),
  });
  switch (question.ask) {
    case 'night':
    case 'day': {
      const period = (question.ask === 'night' ? nightOf : dayOf)(entries, question.at, now);
      return {
        payload: { ...period, cries: period.cries.map(withPaths) },
        text: periodText(period),
        picture: timelinePicture(period),
      };
    }
    case 'week': {
      const week = weekOf(entries, question.at, now);
      return {
        payload: week,
        text: weekText(week),
        picture: weeksPicture(weeksByHourOf(entries, question.at)),
      };
    }
    case 'weeks': {
      const weeks = weeksByHourOf(entries, question.at);
      return { payload: weeks, text: weeksText(weeks), picture: weeksPicture(weeks) };
    }
    case 'cry': {
      const cry = cryOf(entries, question.id);
      if (!cry) {
        throw new DeepInfantError(
          'unknown-cry',
          question.id === undefined
            ? 'No cry was noted yet.'
            : `No cry is called ${question.id}: send the id of a cry event, or none for the newest.`,
        );
      }
      return { payload: withPaths(cry), text: cryText(cry), picture: cryDrawing(cry, pngOf(folder, cry)) };
    }
    case 'accuracy': {
      const record = reasonRecordOf(entries);
      return { payload: record, text: recordText(record), picture: recordPicture(record) };
    }
    case 'export':
      return { payload: question.as === 'csv' ? exportedCsv(entries) : exported(entries) };
  }
}

/** The picture that was kept of a cry; undefined where there is none. */
function pngOf(folder: string, { sound }: CryEntry): Uint8Array | undefined {
  const { picture } = soundPaths(folder, sound);
  return picture && existsSync(picture) ? readFileSync(picture) : undefined;
}

/** A date without a time is meant by this computer's clock, not by Greenwich's. */
function localNoon(time: unknown): unknown {
  return typeof time === 'string' && /^\d{4}-\d\d-\d\d$/.test(time) ? `${time}T12:00` : time;
}
