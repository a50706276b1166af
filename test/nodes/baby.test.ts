import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mock } from 'node:test';
import { Baby } from '../../src/baby/baby.js';
import type { BabyMemory } from '../../src/baby/memory.js';
import { cryAt, HOUR_MS } from '../reason/cries.js';

const NOON = Date.UTC(2026, 0, 31, 12);

describe('a baby', () => {
  let folder: string;
  const written = (): BabyMemory =>
    JSON.parse(readFileSync(path.join(folder, 'memory.json'), 'utf8')) as BabyMemory;

  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'deepinfant-')), 'baby');
  });
  afterEach(() => {
    mock.timers.reset();
    rmSync(path.dirname(folder), { recursive: true });
  });

  it('is written by itself once it can be', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    writeFileSync(folder, 'a file where the folder is to be');
    const baby = Baby.at(folder, { name: 'Mia' });
    await assert.rejects(baby.tell({ kind: 'feed', at: NOON }), { code: 'storage' });
    assert.match(baby.trouble.storage!, /cannot be kept/);
    rmSync(folder);
    mock.timers.tick(10_000);
    await baby.settle();
    assert.equal(written().facts.length, 1);
    assert.equal(baby.trouble.storage, undefined);
  });

  it('takes what Baby Buddy knows now in place of what it knew', async () => {
    const baby = Baby.at(folder, { name: 'Mia' });
    const fact = (id: string, hoursAgo: number): { kind: 'feed'; at: number; id: string } => ({
      kind: 'feed',
      at: NOON - hoursAgo * HOUR_MS,
      id,
    });
    const old = fact('baby-buddy/feedings/1', 200);
    const byHand = fact('by hand', 1);
    await baby.tell(byHand);
    baby.facts([old], NOON - 300 * HOUR_MS);
    baby.facts([fact('baby-buddy/feedings/2', 3), fact('baby-buddy/feedings/3', 2)], NOON - 100 * HOUR_MS);
    baby.facts([fact('baby-buddy/feedings/3', 4)], NOON - 100 * HOUR_MS);
    await baby.settle();
    // What is older than it was asked for stays.
    assert.deepEqual(written().facts, [byHand, fact('baby-buddy/feedings/3', 4), old]);
  });

  it('tells its followers who answered and when, and that an answer is gone when the cry was not its own', async () => {
    const baby = Baby.at(folder, { name: 'Mia' });
    const answers: unknown[] = [];
    const nothing = (): Promise<void> => Promise.resolve();
    baby.follow({
      fact: nothing,
      withdrawn: nothing,
      forget: nothing,
      answered: (...answer) => {
        answers.push(answer);
        return Promise.resolve();
      },
    });
    const cry = cryAt(NOON);
    baby.judge(cry);
    const answer = { cry: cry.id, reason: 'tired', at: NOON + HOUR_MS, by: 'Anna' } as const;
    await baby.answer(answer);
    await baby.answer({ ...answer, at: NOON + 2 * HOUR_MS, by: 'Ben' });
    await baby.answer(answer);
    await baby.own(cry.id, false, NOON + 3 * HOUR_MS);
    assert.deepEqual(answers, [
      [cry.id, { reason: 'tired', at: NOON + HOUR_MS, by: 'Anna' }],
      [cry.id, { reason: 'tired', at: NOON + 2 * HOUR_MS, by: 'Ben' }],
      [cry.id, { reason: 'tired', at: NOON + 2 * HOUR_MS, by: 'Ben' }],
      [cry.id, undefined],
    ]);
  });

  it('keeps its memory when it is renamed, and when its birth date is mended', async () => {
    await Baby.at(folder, { name: 'Mia' }).tell({ kind: 'feed', at: NOON - HOUR_MS });
    assert.throws(() => Baby.at(folder, { name: 'Mia', birthDate: 'spring' }), { code: 'birth-date' });
    const renamed = Baby.at(folder, { name: 'Maria', birthDate: '2025-12-01' });
    assert.equal(renamed.memory.facts.length, 1);
    assert.equal(renamed.name, 'Maria');
  });
});
