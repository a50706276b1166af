import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DeepInfantError } from '../errors.js';
import { PERIOD_OF, readQuestion, replyTo } from '../journal/reply.js';
import { readEntries } from '../journal/entry-file.js';
import { entriesFile, soundsFolder } from '../journal/journal.js';
import { cryLines } from '../journal/sentences.js';
import { writeAtomically } from '../files/write-atomically.js';
import { defaultFolder } from '../serve/default-folder.js';
import { usageError } from './arguments.js';
import { print, printJson } from './output.js';
import { defineCommand } from './command.js';

const QUESTIONS = ['night', 'day', 'yesterday', 'week', 'weeks', 'cry', 'accuracy', 'export'];

export const command = defineCommand({
  synopsis: [
    'journal [night | day | yesterday | week | weeks] [WHEN] [options]',
    'journal cry [ID] | accuracy | export [options]',
  ],
  words: QUESTIONS,
  description: `Answers questions from the journal that Node-RED or 'deepinfant serve' keeps on this computer: about a night
    (the default), a day, everything since yesterday, the week up to a day, the last weeks by hour of the day, the newest
    cry or the one with an ID, and how often the reason was right. 'export' prints everything. WHEN is a date such as
    2026-01-31, or a time; the default is now. A night lasts from 18:00 to 10:00; by day, it is the one that ended that
    morning. 'night last' is the last one that is over.`,
  options: {
    picture: { type: 'string', value: 'FILE', help: 'also draw the answer as an SVG file' },
    json: { type: 'boolean', default: false, help: 'print the answer as JSON' },
    csv: { type: 'boolean', default: false, help: 'export a table instead of JSON' },
    folder: {
      type: 'string',
      value: 'FOLDER',
      help: "the journal's folder, if it is not in the usual place or if there are several babies",
    },
  },
  examples: [
    ['journal', 'this night so far or, by day, last night'],
    ['journal yesterday', 'everything since yesterday'],
    ['journal night 2026-01-31', 'the night that ended that morning'],
    ['journal weeks --picture weeks.svg', 'crying by hour of the day, drawn'],
    ['journal export --csv > cries.csv', 'everything, as a table'],
  ],
  run: async ({ values, positionals }) => {
    const [topic = 'night', which = values.csv ? 'csv' : ''] = positionals;
    if (!QUESTIONS.includes(topic))
      throw usageError(`'${topic}' is not a question. Ask one of ${QUESTIONS.join(', ')}.`);
    if (positionals.length > 2) throw usageError('Ask one question about one time or cry.');
    if (topic === 'export' && values.picture !== undefined) throw usageError('An export has no picture.');
    const now = Date.now();
    const question = questionOf(topic, which, now);
    if (question.ask === 'forget') throw new Error('not asked here');
    const folder = values.folder ?? onlyJournal();
    const file = entriesFile(folder);
    if (!existsSync(file))
      throw new DeepInfantError('journal', `There is no journal in ${folder}: ${file} does not exist.`);
    const entries = [...readEntries(file).entries.values()];
    const { payload, text, picture } = replyTo(
      { entries, folder, soundFolder: soundsFolder(folder) },
      question,
      now,
    );
    if (values.picture !== undefined) await writeAtomically(values.picture, picture!);
    if (values.json) printJson(payload);
    else if (text === undefined)
      print(typeof payload === 'string' ? payload.trimEnd() : JSON.stringify(payload, null, 2));
    else {
      print(text);
      if (question.ask === 'night' || question.ask === 'day' || question.ask === 'yesterday')
        cryLines(PERIOD_OF[question.ask](entries, question.at, now).cries).forEach(print);
    }
    return 0;
  },
});

/** The only journal of this user. @throws DeepInfantError `journal` when there is none, or more than one */
function onlyJournal(): string {
  const places = [path.join(os.homedir(), '.node-red', 'deepinfant'), defaultFolder()];
  const journals = places.flatMap(place =>
    (existsSync(place) ? readdirSync(place) : [])
      .map(name => path.join(place, name, 'journal'))
      .filter(folder => existsSync(entriesFile(folder))),
  );
  if (journals.length === 1) return journals[0];
  throw new DeepInfantError(
    'journal',
    journals.length === 0
      ? `There is no journal in ${places.join(' or ')}. Name its folder with --folder: baby-ID/journal in the folder where Node-RED or 'deepinfant serve' keeps it.`
      : `There are several journals. Name one with --folder: ${journals.join(', ')}.`,
  );
}

/** @throws DeepInfantError `usage` for what is not a time */
function questionOf(topic: string, which: string, now: number): ReturnType<typeof readQuestion> {
  try {
    return readQuestion({ topic, payload: which }, now);
  } catch (error) {
    if (!(error instanceof DeepInfantError && error.code === 'context')) throw error;
    throw usageError(`'${which}' is not a time. Give a date such as 2026-01-31, or a time such as 07:30.`);
  }
}
