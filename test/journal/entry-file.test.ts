import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { FactEntry } from '../../src/journal/entries.js';
import { EntryFile, readEntries } from '../../src/journal/entry-file.js';
import { folderOfTest } from './journals.js';

function feed(at: number): FactEntry {
  return { kind: 'fact', id: `fact feed@${at}`, fact: { kind: 'feed', at } };
}

describe('a file of entries', () => {
  const file = folderOfTest();
  const known = (): unknown[] => [...readEntries(file()).entries.values()];

  it('gives back what was put, replaced and removed', async () => {
    const entries = new EntryFile(file());
    await Promise.all([entries.put(feed(1)), entries.put(feed(2)), entries.put(feed(3))]);
    const edited = { ...feed(3), fact: { kind: 'feed', at: 30 } as const };
    await entries.put(edited);
    await entries.remove([feed(1).id, 'what never was']);
    assert.deepEqual(known(), [feed(2), edited]);
  });

  it('overwrites what a killed process was writing', async () => {
    await new EntryFile(file()).put(feed(1));
    appendFileSync(file(), JSON.stringify(feed(2)).slice(0, 20));
    assert.deepEqual(known(), [feed(1)]);
    await new EntryFile(file()).put(feed(3));
    assert.deepEqual(known(), [feed(1), feed(3)]);
  });

  it('goes on without damaged lines, and sets the file aside', async () => {
    await new EntryFile(file()).put(feed(1));
    appendFileSync(file(), '\0\0\0 junk\n{"kind":"fact","id":7}\n');
    const damaged = readFileSync(file(), 'utf8');
    const entries = new EntryFile(file());
    assert.equal(entries.damaged, 2);
    await entries.put(feed(2));
    assert.equal(readFileSync(`${file()}.damaged`, 'utf8'), damaged);
    assert.equal(readEntries(file()).damaged, 0);
    assert.deepEqual(known(), [feed(1), feed(2)]);
  });

  it('is left alone when a newer program wrote it', () => {
    writeFileSync(file(), '{"journal":2}\n');
    assert.throws(() => new EntryFile(file()), { code: 'version', message: /update/ });
  });

  it('is written anew before lines that count no more fill the disk', async () => {
    const entries = new EntryFile(file());
    for (let i = 0; i < 3000; i++) void entries.put(feed(1));
    await entries.write();
    for (let i = 0; i < 3; i++) await entries.put(feed(2 + i));
    assert(readEntries(file()).lines < 10);
    assert.deepEqual(known(), [feed(1), feed(2), feed(3), feed(4)]);
  });

  it('is not made before there is something to keep', async () => {
    await new EntryFile(file()).remove(['nothing']);
    assert(!existsSync(file()));
  });
});
