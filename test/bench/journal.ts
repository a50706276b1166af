/**
 * Speed and safety of the journal:
 *
 *     node dist/test/bench/journal.js [KILLS]
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { replyTo, type Question } from '../../src/journal/reply.js';
import type { Entry } from '../../src/journal/entries.js';
import { EntryFile, readEntries } from '../../src/journal/entry-file.js';
import { REASONS, type CryEvent, type ReasonEstimate } from '../../src/values.js';
import { cryAt, HOUR_MS, HUNGRY } from '../reason/cries.js';
import { killRounds } from '../journal/killing.js';

const ENTRIES = 10_000;
const KILLS = Number(process.argv[2] ?? 200);
const RUNS = 50;

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
  try {
    const file = path.join(folder, 'journal.jsonl');
    const written = new EntryFile(file);
    written.open();
    for (let i = 0; i < ENTRIES; i++) void written.put(entry(i));
    await written.write();
    console.log(`${ENTRIES} entries, ${(statSync(file).size / 1e6).toFixed(1)} MB`);
    const opening = performance.now();
    const entries = [...readEntries(file).entries.values()];
    console.log(`opened in ${(performance.now() - opening).toFixed(0)} ms`);
    for (const question of ['night', 'day', 'week', 'weeks'] as const)
      report(question, () =>
        replyTo({ entries, folder, soundFolder: folder }, { ask: question, at: Date.now() }, Date.now()),
      );
    for (const question of [{ ask: 'accuracy' }, { ask: 'export', as: 'csv' }] satisfies Question[])
      report(question.ask, () => replyTo({ entries, folder, soundFolder: folder }, question, Date.now()));
    const noting = performance.now();
    for (let i = 0; i < RUNS; i++) await written.put(entry(ENTRIES + i));
    console.log(`an entry is on disk after ${((performance.now() - noting) / RUNS).toFixed(1)} ms`);
    await written.close();
    const { noted, lost, unclean } = await killRounds(path.join(folder, 'killed'), KILLS);
    console.log(
      `killed ${KILLS} times: ${noted} entries noted, ${lost.length} lost, ${unclean} opened unclean`,
    );
  } finally {
    if (existsSync(folder)) rmSync(folder, { recursive: true });
  }
}

/** CPU counts what a busy machine does not: the first time, for which nothing is compiled yet, tells most. */
function report(name: string, work: () => unknown): void {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  const times = Array.from({ length: RUNS }, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  }).sort((a, b) => a - b);
  const [median, most] = [times[RUNS >> 1], times[RUNS - 1]];
  const first = (user + system) / 1000;
  console.log(
    `${name}: ${median.toFixed(1)} ms, at most ${most.toFixed(1)} ms; the first ${first.toFixed(1)} ms of CPU`,
  );
}

/** One of every three is a feed; cries are an hour apart, and every fourth is answered. */
function entry(i: number): Entry {
  const at = Date.now() - (ENTRIES - i) * 0.1 * HOUR_MS;
  if (i % 3 === 0) return { kind: 'fact', id: `fact feed@${at}`, fact: { kind: 'feed', at } };
  const { id, source, onset, onsetS, durationS, peakScore, meanScore, intensity, voice }: CryEvent =
    cryAt(at);
  const contributions = Array.from({ length: 6 }, () => ({
    part: 'context' as const,
    reason: 'hungry' as const,
    factor: 2.4,
    text: 'last feed 3 h 10 min ago: makes hunger 2.4 times as likely',
  }));
  const probabilities = Object.fromEntries(REASONS.map((reason, n) => [reason, (n + 1) / 21]));
  const reason: ReasonEstimate = {
    ...HUNGRY,
    label: 'unsure',
    confidence: 0.3,
    probabilities: probabilities as ReasonEstimate['probabilities'],
    contributions,
  };
  return {
    kind: 'cry',
    ...{ id, source, onset, onsetS, durationS, peakScore, meanScore, intensity, voice, reason },
    offset: onset + 1000 * durationS,
    course: [{ atS: 0, intensity }],
    ...(i % 4 === 0 && { answer: { reason: 'hungry', at } }),
  };
}

void main();
