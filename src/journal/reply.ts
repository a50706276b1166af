import { existsSync, readFileSync } from 'node:fs';
import { DeepInfantError } from '../errors.js';
import { readTime } from '../baby/commands.js';
import { findWord } from '../door/word.js';
import type { CryEvent } from '../values.js';
import type { CryEntry, Entry } from './entries.js';
import { exportJson, exportCsv } from './export.js';
import { soundPaths } from './sound-folder.js';
import type { Language } from '../texts/language.js';
import { cryText, periodText, recordText, weeksText, weekText } from './sentences.js';
import { cryDrawing } from './pictures/cry.js';
import { recordPicture } from './pictures/record.js';
import { timelinePicture } from './pictures/timeline.js';
import { weeksPicture } from './pictures/weeks.js';
import { nightAt } from '../night.js';
import { cryOf, dayOf, nightOf, reasonRecordOf, sinceYesterday, weekOf, weeksByHourOf } from './questions.js';

const PERIODS = ['night', 'day', 'yesterday', 'week', 'weeks'] as const;
const QUESTIONS = [...PERIODS, 'cry', 'accuracy', 'export', 'forget'] as const;
/** As the payload of `night`: the last night that is over, also while the next one runs. */
const LAST = 'last';

/**
 * A question to a journal. `at` is a time (epoch ms) within the night, day or week in question; `yesterday` asks for its day
 * and the one before.
 */
export type Question =
  | { ask: (typeof PERIODS)[number]; at: number }
  /** The newest cry where it has no id. */
  | { ask: 'cry'; id?: string }
  | { ask: 'accuracy' }
  | { ask: 'export'; as: 'json' | 'csv' }
  | { ask: 'forget' };

/** What happened over the time that is asked for. */
export const PERIOD_OF = { night: nightOf, day: dayOf, yesterday: sinceYesterday };

/** What a journal replies to a question. */
export interface Reply {
  payload: unknown;
  /** The same in words. */
  text?: string;
  /** The same drawn, as SVG. */
  picture?: string;
}

/** What a reply is made of. */
export interface JournalContents {
  entries: Iterable<Entry>;
  /** The journal's. */
  folder: string;
  /** Where clips and pictures are. */
  soundFolder: string;
}

/**
 * The question of a message: a word in its topic, and what belongs to it in its payload.
 * @throws DeepInfantError `not-a-question`; `context` for what is not a time
 */
export function readQuestion(
  { topic, payload }: { topic?: unknown; payload?: unknown },
  nowMs: number,
): Question {
  const asked = findWord(QUESTIONS, topic);
  const period = PERIODS.find(known => known === asked);
  if (period === 'night' && findWord([LAST], payload)) return { ask: 'night', at: lastNight(nowMs) };
  if (period) return { ask: period, at: readTime(noonOf(payload), nowMs) };
  if (asked === 'cry')
    return { ask: 'cry', ...(typeof payload === 'string' && payload !== '' && { id: payload }) };
  if (asked === 'accuracy') return { ask: 'accuracy' };
  if (asked === 'export') return { ask: 'export', as: findWord(['csv'], payload) ?? 'json' };
  if (asked === 'forget' && payload === 'everything') return { ask: 'forget' };
  throw new DeepInfantError(
    'not-a-question',
    "This message is not audio, a cry event or a source status, and its topic is not a question. Questions are night, day, yesterday, week, weeks, cry, accuracy and export, and forget with 'everything' as the payload.",
  );
}

/**
 * @param now epoch ms
 * @param language of the words, in the picture too
 * @throws DeepInfantError `unknown-cry`
 */
export function replyTo(
  { entries, folder, soundFolder }: JournalContents,
  question: Exclude<Question, { ask: 'forget' }>,
  now: number,
  language: Language = 'en',
): Reply {
  const withPaths = (cry: CryEntry): CryEntry & Pick<CryEvent, 'clip' | 'picture'> => ({
    ...cry,
    ...(cry.sound && soundPaths(cry.sound, folder, soundFolder)),
  });
  switch (question.ask) {
    case 'night':
    case 'day':
    case 'yesterday': {
      const period = PERIOD_OF[question.ask](entries, question.at, now);
      return {
        payload: { ...period, cries: period.cries.map(withPaths) },
        text: periodText(period, language),
        picture: timelinePicture(period, language),
      };
    }
    case 'week': {
      const week = weekOf(entries, question.at, now);
      return {
        payload: week,
        text: weekText(week, language),
        picture: weeksPicture(weeksByHourOf(entries, question.at), language),
      };
    }
    case 'weeks': {
      const weeks = weeksByHourOf(entries, question.at);
      return { payload: weeks, text: weeksText(weeks, language), picture: weeksPicture(weeks, language) };
    }
    case 'cry': {
      const cry = cryOf(entries, now, question.id);
      if (!cry) {
        throw new DeepInfantError(
          'unknown-cry',
          question.id === undefined
            ? 'No cry has been noted yet.'
            : `There is no cry with the id ${question.id.slice(0, 100)}. Send the id of a cry event, or nothing for the newest cry.`,
        );
      }
      return {
        payload: withPaths(cry),
        text: cryText(cry, language),
        picture: cryDrawing(cry, pngOf(withPaths(cry).picture), language),
      };
    }
    case 'accuracy': {
      const record = reasonRecordOf(entries);
      return {
        payload: record,
        text: recordText(record, language),
        picture: recordPicture(record, language),
      };
    }
    case 'export':
      return { payload: question.as === 'csv' ? exportCsv(entries) : exportJson(entries) };
  }
}

/** The picture that was kept of a cry; undefined where there is none. */
function pngOf(picture: string | undefined): Uint8Array | undefined {
  return picture && existsSync(picture) ? readFileSync(picture) : undefined;
}

/** A time in the last night that is over. */
function lastNight(now: number): number {
  const { from, to } = nightAt(now);
  return to <= now ? from : nightAt(from - 1).from;
}

/** A date without a time is that day: its noon, not the midnight at which it begins. */
function noonOf(time: unknown): unknown {
  return typeof time === 'string' && /^\d{4}-\d\d-\d\d$/.test(time) ? `${time}T12:00` : time;
}
