import fc from 'fast-check';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { DeepInfantError } from '../../src/errors.js';
import { KeptFile } from '../../src/files/kept-file.js';
import { entriesFile, Journal } from '../../src/journal/journal.js';
import { readQuestion, replyTo } from '../../src/journal/reply.js';
import { entries } from './good.js';
import { anything, damaged, damagedBytes, text } from './inputs.js';
import { target, type Target } from './target.js';

/** What is on disk may be anything; what is saved must be there again. */
export function keptFile(): Target<unknown> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fuzz-'));
  const file = path.join(folder, 'kept.json');
  const check = (json: unknown): { count: number } => {
    const { count } = Object(json) as { count: unknown };
    if (typeof count !== 'number') throw new DeepInfantError('invalid', 'count is not a number');
    return { count };
  };
  const open = (): KeptFile<{ count: number }> =>
    new KeptFile({ path: file, what: 'the count', version: 1, check, onTrouble: () => undefined });
  const good = Buffer.from(JSON.stringify({ version: 1, sha256: '0'.repeat(64), content: { count: 1 } }));
  return target({
    inputs: damagedBytes(good),
    run: bytes => {
      writeFileSync(file, bytes);
      open().open();
      // Damaged ones are set aside.
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    },
    checkStores: async () => {
      await open().save(() => ({ count: 7 }));
      if (open().open().content?.count !== 7) throw new Error('what was saved is not there again');
    },
    close: () => {
      rmSync(folder, { recursive: true });
    },
  });
}

/** A journal's file may hold anything; it opens, answers questions, and keeps what is noted. */
export function journalFile(): Target<unknown> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fuzz-journal-'));
  const keeping = { hasSound: false, days: 365, soundMb: 100 };
  const line = fc.oneof(damaged(fc.constantFrom(...entries())), anything).map(content => {
    const json = JSON.stringify(content) as string | undefined;
    if (json?.startsWith('{') !== true) return String(json);
    return `{"crc":"${crc32(json).toString(16).padStart(8, '0')}",${json.slice(1)}`;
  });
  const lines = fc.array(line, { maxLength: 10 }).map(all => Buffer.from([...all, ''].join('\n')));
  const good = Buffer.from(
    `{"journal":1}\n${entries()
      .map(entry => `${JSON.stringify(entry)}\n`)
      .join('')}`,
  );
  const use = async (work: (journal: Journal) => void | Promise<void>): Promise<void> => {
    const journal = new Journal(folder, keeping);
    await journal.open();
    try {
      await work(journal);
    } finally {
      await journal.close();
    }
  };
  return target({
    inputs: fc.record({
      bytes: fc.oneof(lines, damagedBytes(good)),
      questions: fc.array(question, { minLength: 1, maxLength: 3 }),
    }),
    run: async ({ bytes, questions }) => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      writeFileSync(entriesFile(folder), bytes);
      await use(journal => {
        for (const each of questions) {
          const asked = readQuestion(each, Date.now());
          if (asked.ask !== 'forget') JSON.stringify(replyTo(journal, asked, Date.now()));
        }
      });
    },
    checkStores: async () => {
      const fact = { kind: 'feed' as const, at: Date.now(), id: 'kept' };
      rmSync(folder, { recursive: true, force: true });
      await use(journal => journal.noteFact(fact));
      await use(journal => {
        if (![...journal.entries].some(({ id }) => id === 'fact kept'))
          throw new Error('what was noted is not there again');
      });
    },
    close: () => {
      rmSync(folder, { recursive: true });
    },
  });
}

const question = fc.record({
  topic: fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom('night', 'day', 'week', 'weeks', 'cry', 'accuracy', 'export') },
    text,
  ),
  payload: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('', 'csv', 'nursery@1', Date.now(), '2026-11-29') },
    anything,
  ),
});
