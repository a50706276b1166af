import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endedCry, openJournal } from '../journal/journals.js';
import { deepinfant } from './run.js';

describe('deepinfant journal', () => {
  const night = new Date(2026, 0, 11, 2).getTime();
  const home = process.env.HOME;
  let folder: string;
  const journalOf = (baby: string): string => path.join(folder, '.node-red', 'deepinfant', baby, 'journal');

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    process.env.HOME = folder;
    const journal = await openJournal(journalOf('baby-a'), { days: 1e6 });
    await journal.noteCry(endedCry(night));
    await journal.close();
  });
  after(() => {
    process.env.HOME = home;
    rmSync(folder, { recursive: true });
  });

  it("tells of a night of this user's Node-RED, and draws it", async () => {
    const file = path.join(folder, 'night.svg');
    const { status, stdout } = await deepinfant('journal', 'night', '2026-01-11', '--picture', file);
    assert.equal(status, 0);
    assert.match(stdout, /^Night of 10–11 Jan: one cry of 30 s, at 02:00\.[^\n]*\n {2}02:00 {2}cry +30 s\n$/);
    assert.match(readFileSync(file, 'utf8'), /^<svg/);
  });

  it('answers in JSON, and exports all', async () => {
    const { stdout } = await deepinfant('journal', 'day', '2026-01-11', '--json');
    assert.equal((JSON.parse(stdout) as { cries: { onset: number }[] }).cries[0].onset, night);
    const exported = await deepinfant('journal', 'export');
    assert.equal((JSON.parse(exported.stdout) as unknown[]).length, 1);
    const table = await deepinfant('journal', 'export', '--csv');
    assert.equal(table.stdout.split('\n').filter(Boolean).length, 2);
  });

  it('says what it cannot answer, and where it looked', async () => {
    const nowhere = await deepinfant('journal', '--folder', path.join(folder, 'nowhere'));
    assert.equal(nowhere.status, 1);
    assert.match(nowhere.stderr, /There is no journal in .*nowhere/);
    assert.match((await deepinfant('journal', 'day', 'yesterday')).stderr, /'yesterday' is no/);
    assert.match((await deepinfant('journal', 'cry', 'x')).stderr, /There is no cry with the id x/);
    const ofServe = path.join(folder, '.local', 'share', 'deepinfant', 'baby-b', 'journal');
    mkdirSync(path.dirname(ofServe), { recursive: true });
    const second = await openJournal(ofServe, { days: 1e6 });
    await second.noteCry(endedCry(night));
    await second.close();
    assert.match((await deepinfant('journal')).stderr, /several journals.*--folder.*baby-a.*baby-b/);
  });
});
