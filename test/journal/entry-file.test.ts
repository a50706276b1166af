import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { FactEntry } from '../../src/journal/entries.js';
import { EntryFile, readEntries } from '../../src/journal/entry-file.js';
import { folderOfTest, unlock } from './journals.js';

const BEGIN = Date.UTC(2026, 0, 1);

function feed(n: number): FactEntry {
  const at = BEGIN + n;
  return { kind: 'fact', id: `fact feed@${at}`, fact: { kind: 'feed', at } };
}

describe('a file of entries', () => {
  const folder = folderOfTest();
  const file = (): string => path.join(folder(), 'journal.jsonl');
  const known = (): unknown[] => [...readEntries(file()).entries.values()];
  let reports: string[];
  /** Opens it as after the process that wrote it was killed. */
  const open = (): EntryFile => {
    unlock(folder());
    const entries = new EntryFile(file(), {
      damaged: lines => reports.push(`${lines} damaged`),
      replaced: how => reports.push(how),
    });
    entries.open();
    return entries;
  };

  beforeEach(() => {
    reports = [];
  });

  it('gives back what was put, replaced and removed', async () => {
    const entries = open();
    await Promise.all([entries.put(feed(1)), entries.put(feed(2)), entries.put(feed(3))]);
    const edited = { ...feed(3), fact: { kind: 'feed', at: BEGIN + 30 } as const };
    await entries.put(edited);
    await entries.remove([feed(1).id, 'what never was']);
    assert.deepEqual(known(), [feed(2), edited]);
  });

  it('cuts off what a killed process was writing', async () => {
    await open().put(feed(1));
    appendFileSync(file(), JSON.stringify(feed(2)).slice(0, 20));
    assert.deepEqual(known(), [feed(1)]);
    await open().put(feed(3));
    assert.deepEqual(known(), [feed(1), feed(3)]);
    assert.deepEqual(reports, []);
  });

  it('goes on without damaged lines, and sets only those aside', async () => {
    await open().put(feed(1));
    const damage = '\0\0\0 junk\n{"kind":"fact","id":7}\n';
    appendFileSync(file(), damage);
    const entries = open();
    assert.deepEqual(reports, ['2 damaged']);
    await entries.put(feed(2));
    assert.equal(readFileSync(`${file()}.damaged`, 'utf8'), damage);
    assert.deepEqual(readEntries(file()).damaged, []);
    assert.deepEqual(known(), [feed(1), feed(2)]);
    // A later damage does not take the place of an earlier one.
    appendFileSync(file(), 'more\n');
    await open().write();
    assert.equal(readFileSync(`${file()}.damaged`, 'utf8'), `${damage}more\n`);
  });

  it('notices a changed digit, and leaves out that line only', async () => {
    const entries = open();
    for (let n = 1; n <= 3; n++) await entries.put(feed(n));
    const lines = readFileSync(file(), 'utf8').split('\n');
    const changed = lines[2].replace(/"at":(\d+)\d/, '"at":$17');
    assert.notEqual(changed, lines[2]);
    writeFileSync(file(), lines.with(2, changed).join('\n'));
    await open().write();
    assert.deepEqual(known(), [feed(1), feed(3)]);
    assert.equal(readFileSync(`${file()}.damaged`, 'utf8'), `${changed}\n`);
  });

  it('opens a file of version 1, which had no checksums, and adds them', async () => {
    mkdirSync(folder());
    const lines = [{ journal: 1 }, feed(1), feed(2), { removed: feed(1).id }];
    writeFileSync(file(), lines.map(line => `${JSON.stringify(line)}\n`).join(''));
    const entries = open();
    await entries.write();
    assert.deepEqual(reports, []);
    assert.deepEqual(known(), [feed(2)]);
    assert.match(readFileSync(file(), 'utf8'), /^\{"crc":"[\da-f]{8}","journal":2\}\n\{"crc":/);
  });

  it('is left alone when a newer program wrote it', () => {
    mkdirSync(folder());
    writeFileSync(file(), '{"journal":3}\n');
    assert.throws(open, { code: 'version', message: /update/ });
    assert.equal(readFileSync(file(), 'utf8'), '{"journal":3}\n');
  });

  it('is rewritten before superseded lines fill the disk', async () => {
    const entries = open();
    for (let i = 0; i < 3000; i++) void entries.put(feed(1));
    await entries.write();
    for (let i = 0; i < 3; i++) await entries.put(feed(2 + i));
    assert(readEntries(file()).lines < 10);
    assert.deepEqual(known(), [feed(1), feed(2), feed(3), feed(4)]);
  });

  it('is not made before there is something to keep', async () => {
    await open().remove(['nothing']);
    assert(!existsSync(file()));
  });

  it('refuses what it could not read again', async () => {
    const entries = open();
    await entries.put(feed(1));
    const endless = { ...feed(2), fact: { kind: 'feed', at: Infinity } } as FactEntry;
    await assert.rejects(entries.put(endless), { code: 'invalid', message: /fact\.at is Infinity/ });
    await entries.put(feed(3));
    assert.deepEqual(known(), [feed(1), feed(3)]);
  });

  it('loses nothing when the file is deleted while it is open, and says so', async () => {
    const entries = open();
    await entries.put(feed(1));
    rmSync(file());
    await entries.put(feed(2));
    assert.deepEqual(known(), [feed(1), feed(2)]);
    assert.deepEqual(reports, ['deleted']);
    await entries.put(feed(3));
    assert.deepEqual(reports, ['deleted']);
  });

  it('loses nothing when a backup is restored while it is open, and says so', async () => {
    const backup = `${file()}.backup`;
    const old = open();
    await old.put(feed(1));
    await old.put(feed(2));
    copyFileSync(file(), backup);
    await old.remove([feed(1).id]);
    const entries = open();
    await entries.put(feed(3));
    renameSync(backup, file());
    await entries.put(feed(4));
    assert.deepEqual(new Set(known()), new Set([feed(1), feed(2), feed(3), feed(4)]));
    assert.deepEqual(reports, ['changed']);
  });

  it('loses nothing when another process writes to the file all the same', async () => {
    const entries = open();
    await entries.put(feed(1));
    const other = open();
    await other.put(feed(2));
    unlock(folder());
    await entries.put(feed(3));
    unlock(folder());
    await other.put(feed(4));
    assert.deepEqual(new Set(known()), new Set([feed(1), feed(2), feed(3), feed(4)]));
    assert(!readFileSync(file()).includes(0));
  });

  it('writes no hole when the file became shorter', async () => {
    const entries = open();
    for (let n = 1; n <= 3; n++) await entries.put(feed(n));
    truncateSync(file(), 10);
    await entries.put(feed(4));
    assert.deepEqual(new Set(known()), new Set([feed(1), feed(2), feed(3), feed(4)]));
    assert(!readFileSync(file()).includes(0));
  });

  it('is private, also where it was not', async () => {
    mkdirSync(folder(), { mode: 0o755 });
    writeFileSync(file(), '{"journal":1}\n', { mode: 0o644 });
    const entries = open();
    await entries.put(feed(1));
    appendFileSync(file(), 'damage\n');
    await open().write();
    const modes = [folder(), file(), `${file()}.damaged`].map(name => statSync(name).mode & 0o777);
    assert.deepEqual(modes, [0o700, 0o600, 0o600]);
  });

  it('deletes what a killed process left of a rewrite', () => {
    mkdirSync(folder());
    const left = `${file()}.123.tmp`;
    writeFileSync(left, '{"journal":');
    const before = new Date(Date.now() - 120_000);
    utimesSync(left, before, before);
    open();
    assert(!existsSync(left));
  });

  it('is opened by one only, until that one closes it', async () => {
    const first = open();
    const second = new EntryFile(file());
    assert.throws(
      () => {
        second.open();
      },
      { code: 'locked', message: /in use by this process/ },
    );
    await first.put(feed(1));
    await first.close();
    second.open();
    assert.deepEqual([...second.entries.values()], [feed(1)]);
  });
});
