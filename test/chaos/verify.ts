import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { checkMemory } from '../../src/baby/memory.js';
import { messageOf } from '../../src/errors.js';
import type { CryEntry } from '../../src/journal/entries.js';
import { readEntries } from '../../src/journal/entry-file.js';
import { entriesFile, soundsFolder } from '../../src/journal/journal.js';
import { filesIn, reveals } from '../nodes/reveals.js';
import { SECRETS, type Home } from './home.js';

/** The latest facts of a kind, and answered cries, that a baby's memory keeps; older ones may go. */
const FACTS_KEPT = 150;
const ANSWERS_KEPT = 500;
/** Where Node-RED keeps secrets. */
const SAFE = 'flows_cred.json';

/** What was found on disk while no process ran. */
export interface Findings {
  /** What was promised to be there. */
  promised: { cries: number; clips: number; facts: number; answers: number };
  /** Cries without their end. */
  inProgress: number;
  /** Clips and pictures that no entry names, and temporary files. */
  unnamed: number;
  temporary: number;
  /** Of what was promised: what is not there. */
  lost: string[];
  /** Stores that do not open clean, and what was set aside. */
  unclean: string[];
  /** Places of secrets where none may be. */
  leaks: string[];
}

export function verify(home: Home): Findings {
  const promises = home.witness.promises();
  const files = filesIn(home.userDir);
  const findings: Findings = {
    promised: {
      cries: promises.cries.size,
      clips: promises.clips.size,
      facts: promises.facts.size,
      answers: promises.answers.size,
    },
    inProgress: 0,
    unnamed: 0,
    temporary: files.filter(file => file.endsWith('.tmp')).length,
    lost: [],
    unclean: files.filter(file => file.includes('.damaged')).map(file => `${file} was set aside`),
    leaks: leaksIn(files),
  };
  verifyJournal(home, promises, findings);
  verifyMemory(home, promises, findings);
  for (const file of files) if (/(lights|notifications|night)-[^/]*\.json$/.test(file)) read(file, findings);
  return findings;
}

type Promises = ReturnType<Home['witness']['promises']>;

function verifyJournal({ babyFolder }: Home, { cries, clips }: Promises, findings: Findings): void {
  const folder = path.join(babyFolder, 'journal');
  const { entries, damaged } = readEntries(entriesFile(folder));
  for (const line of damaged)
    findings.unclean.push(`a line of the journal: ${line.toString().slice(0, 200)}`);
  const kept = new Map<string, CryEntry>();
  for (const entry of entries.values()) if (entry.kind === 'cry') kept.set(entry.id, entry);
  findings.inProgress = [...kept.values()].filter(({ offset }) => offset === undefined).length;
  for (const id of cries) {
    const cry = kept.get(id);
    if (cry?.offset === undefined) findings.lost.push(`the cry ${id}`);
    else if (clips.has(id) && cry.sound === undefined) findings.lost.push(`the name of the clip of ${id}`);
  }
  for (const [id, both] of clips)
    for (const file of both)
      if (!existsSync(file) || statSync(file).size === 0) findings.lost.push(`${file} of ${id}`);
  const named = new Set([...kept.values()].flatMap(({ sound }) => [sound?.clip, sound?.picture]));
  const sounds = existsSync(soundsFolder(folder)) ? filesIn(soundsFolder(folder)) : [];
  findings.unnamed = sounds.filter(
    file => !file.endsWith('.tmp') && !named.has(path.relative(folder, file)),
  ).length;
}

function verifyMemory({ babyFolder }: Home, { facts, answers }: Promises, findings: Findings): void {
  const file = path.join(babyFolder, 'memory.json');
  const content = existsSync(file) ? read(file, findings) : { version: 1, facts: [], cries: [] };
  if (content === undefined) return;
  try {
    const memory = checkMemory(content);
    const factIds = new Set(memory.facts.map(({ id }) => id));
    // Where as many are kept as can be, older ones went.
    if (memory.facts.length < FACTS_KEPT)
      for (const id of facts) if (!factIds.has(id)) findings.lost.push(`the fact ${id}`);
    const answered = memory.cries.filter(({ answer }) => answer !== undefined);
    const answeredIds = new Set(answered.map(({ id }) => id));
    if (answered.length < ANSWERS_KEPT)
      for (const id of answers) if (!answeredIds.has(id)) findings.lost.push(`the answer to ${id}`);
  } catch (error) {
    findings.unclean.push(`${file}: ${messageOf(error)}`);
  }
}

/** What a kept file holds; undefined where it is damaged. */
function read(file: string, findings: Findings): unknown {
  try {
    const { sha256, content } = JSON.parse(readFileSync(file, 'utf8')) as {
      sha256: string;
      content: unknown;
    };
    const found = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    if (found !== sha256) throw new Error('its checksum does not match');
    return content;
  } catch (error) {
    findings.unclean.push(`${file}: ${messageOf(error)}`);
    return undefined;
  }
}

function leaksIn(files: readonly string[]): string[] {
  return files
    .filter(file => !file.endsWith('.mp3') && !file.endsWith('.png') && !path.basename(file).includes(SAFE))
    .flatMap(file => leaksOf(readFileSync(file, 'latin1'), file));
}

/** The secrets that a text holds, each with its place. */
export function leaksOf(text: string, place: string): string[] {
  return Object.entries(SECRETS)
    .filter(([, mark]) => reveals(text, mark))
    .map(([secret]) => `${secret} in ${place}`);
}
