import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mock } from 'node:test';
import { openBaby } from '../../src/baby/babies.js';
import { Baby } from '../../src/baby/baby.js';
import { EMPTY_MEMORY, type BabyMemory } from '../../src/baby/memory.js';
import { cryAt, HOUR_MS } from '../reason/cries.js';

const NOON = Date.UTC(2026, 0, 31, 12);

describe('a baby', () => {
  let folder: string;
  const written = (): BabyMemory =>
    (JSON.parse(readFileSync(path.join(folder, 'memory.json'), 'utf8')) as { content: BabyMemory }).content;

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
    const baby = openBaby(folder, { name: 'Mia' });
    await assert.rejects(baby.tell({ kind: 'feed', at: NOON }), { code: 'storage' });
    assert.match(baby.trouble.storage!, /Cannot save what is known of the baby/);
    rmSync(folder);
    mock.timers.tick(10_000);
    await baby.whenSaved();
    assert.equal(written().facts.length, 1);
    assert.equal(baby.trouble.storage, undefined);
  });

  it('reads a memory of DeepInfant 0.1, and keeps it in the new form', async () => {
    const fact = { kind: 'feed', at: NOON, id: 'f' } as const;
    mkdirSync(folder, { recursive: true });
    const old = JSON.stringify({ version: 1, facts: [fact], cries: [] });
    for (const name of ['memory.json', 'memory.copy.json']) writeFileSync(path.join(folder, name), old);
    const baby = openBaby(folder, { name: 'Mia' });
    assert.deepEqual([baby.memory.facts, baby.trouble], [[fact], {}]);
    await baby.tell({ ...fact, id: 'g' });
    assert.equal(written().facts.length, 2);
  });

  it('starts anew when the file and its copy are damaged, keeps both, and forgets these too', async () => {
    mkdirSync(folder, { recursive: true });
    for (const name of ['memory.json', 'memory.copy.json'])
      writeFileSync(path.join(folder, name), '{"facts":');
    const baby = openBaby(folder, { name: 'Mia' });
    assert.deepEqual(baby.memory, EMPTY_MEMORY);
    assert.match(
      baby.trouble.damage!,
      /memory\.json is damaged.*memory\.copy\.json is damaged.*starts empty/,
    );
    assert.equal(readdirSync(folder).filter(name => name.endsWith('.damaged')).length, 2);
    await baby.tell({ kind: 'feed', at: NOON });
    await baby.forget();
    assert(!existsSync(folder));
    assert.equal(baby.trouble.damage, undefined);
  });

  it('leaves a memory of a newer version alone', () => {
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, 'memory.json');
    const newer = JSON.stringify({ version: 99, sha256: '', content: {} });
    writeFileSync(file, newer);
    assert.throws(() => openBaby(folder, { name: 'Mia' }), { code: 'newer-file' });
    assert.equal(readFileSync(file, 'utf8'), newer);
  });

  it('never writes a memory that could not be read again', async () => {
    const baby = openBaby(folder, { name: 'Mia' });
    await baby.tell({ kind: 'feed', at: NOON });
    const cry = cryAt(NOON);
    baby.judge({ ...cry, state: 'ended', offset: 1e309 });
    await baby.whenSaved();
    assert.match(baby.trouble.storage!, /cries\.0\.offset is /);
    assert.equal(written().facts.length, 1);
  });

  it('takes what Baby Buddy knows now in place of what it knew', async () => {
    const baby = openBaby(folder, { name: 'Mia' });
    const fact = (id: string, hoursAgo: number): { kind: 'feed'; at: number; id: string } => ({
      kind: 'feed',
      at: NOON - hoursAgo * HOUR_MS,
      id,
    });
    const old = fact('baby-buddy/feedings/1', 200);
    const byHand = fact('by hand', 1);
    await baby.tell(byHand);
    baby.receiveFacts([old], NOON - 300 * HOUR_MS);
    baby.receiveFacts(
      [fact('baby-buddy/feedings/2', 3), fact('baby-buddy/feedings/3', 2)],
      NOON - 100 * HOUR_MS,
    );
    baby.receiveFacts([fact('baby-buddy/feedings/3', 4)], NOON - 100 * HOUR_MS);
    await baby.whenSaved();
    // What is older than it was asked for stays.
    assert.deepEqual(written().facts, [byHand, fact('baby-buddy/feedings/3', 4), old]);
  });

  it("has Baby Buddy's entries again when its memory was replaced", async () => {
    const baby = openBaby(folder, { name: 'Mia' });
    const facts = [{ kind: 'feed', at: NOON, id: 'baby-buddy/feedings/1' } as const];
    baby.receiveFacts(facts, NOON - HOUR_MS);
    await baby.replaceMemory(EMPTY_MEMORY);
    baby.receiveFacts(facts, NOON - HOUR_MS);
    assert.deepEqual(baby.memory.facts, facts);
    await baby.whenSaved();
  });

  it('tells its followers who answered and when, and that an answer is gone when the cry was not its own', async () => {
    const baby = openBaby(folder, { name: 'Mia' });
    const answers: unknown[] = [];
    const nothing = (): Promise<void> => Promise.resolve();
    baby.follow({
      noteFact: nothing,
      removeFact: nothing,
      forget: nothing,
      noteAnswer: (...answer) => {
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
    await baby.setOwner(cry.id, false, NOON + 3 * HOUR_MS);
    assert.deepEqual(answers, [
      [cry.id, { reason: 'tired', at: NOON + HOUR_MS, by: 'Anna' }],
      [cry.id, { reason: 'tired', at: NOON + 2 * HOUR_MS, by: 'Ben' }],
      [cry.id, { reason: 'tired', at: NOON + 2 * HOUR_MS, by: 'Ben' }],
      [cry.id, undefined],
    ]);
  });

  it('keeps its memory when it is renamed, and when its birth date is mended', async () => {
    await openBaby(folder, { name: 'Mia' }).tell({ kind: 'feed', at: NOON - HOUR_MS });
    assert.throws(() => openBaby(folder, { name: 'Mia', birthDate: 'spring' }), { code: 'birth-date' });
    const renamed = openBaby(folder, { name: 'Maria', birthDate: '2025-12-01' });
    assert.equal(renamed.memory.facts.length, 1);
    assert.equal(renamed.name, 'Maria');
  });

  it('loses nothing that another process on the same folder was told', async () => {
    const babies = [1, 2].map(() => new Baby(folder, { name: 'Mia' }));
    for (const baby of babies) baby.open();
    const [one, two] = babies;
    for (const baby of babies) baby.judge(cryAt(NOON));
    await one.tell({ kind: 'feed', at: NOON - 3 * HOUR_MS, id: 'a' });
    await two.tell({ kind: 'feed', at: NOON - 2 * HOUR_MS, id: 'b' });
    await one.answer({ cry: cryAt(NOON).id, reason: 'tired', at: NOON });
    // At the same time.
    await Promise.all([
      one.tell({ kind: 'sleep', at: NOON - HOUR_MS, id: 'c' }),
      two.tell({ kind: 'wake', at: NOON - HOUR_MS / 2, id: 'd' }),
    ]);
    assert.deepEqual(
      written().facts.map(({ id }) => id),
      ['d', 'c', 'b', 'a'],
    );
    assert.equal(written().cries[0].answer?.reason, 'tired');
    assert.deepEqual([one.trouble, two.trouble], [{}, {}]);
    // What somebody told last counts, whoever was told.
    await two.answer({ cry: cryAt(NOON).id, reason: 'hungry', at: NOON + HOUR_MS });
    await one.tell({ kind: 'feed', at: NOON, id: 'e' });
    assert.equal(written().cries[0].answer?.reason, 'hungry');
    assert.deepEqual(readdirSync(folder).sort(), ['memory.copy.json', 'memory.json']);
  });

  it('brings back nothing that another process on the same folder withdrew', async () => {
    const babies = [1, 2].map(() => new Baby(folder, { name: 'Mia' }));
    const [one, two] = babies;
    one.open();
    one.judge(cryAt(NOON));
    await one.tell({ kind: 'feed', at: NOON - 3 * HOUR_MS, id: 'a' });
    await one.tell({ kind: 'feed', at: NOON - 2 * HOUR_MS, id: 'b' });
    await one.answer({ cry: cryAt(NOON).id, reason: 'tired', at: NOON });
    two.open();
    await one.withdrawFact({ id: 'a' });
    await one.withdrawAnswer(cryAt(NOON).id);
    await two.tell({ kind: 'sleep', at: NOON - HOUR_MS, id: 'c' });
    await one.tell({ kind: 'wake', at: NOON, id: 'd' });
    for (const memory of [written(), one.memory]) {
      assert.deepEqual(
        memory.facts.map(({ id }) => id),
        ['d', 'c', 'b'],
      );
      assert.equal(memory.cries[0].answer, undefined);
    }
    // Told anew, it counts again.
    await two.tell({ kind: 'feed', at: NOON - 3 * HOUR_MS, id: 'a' });
    await one.tell({ kind: 'change', at: NOON, id: 'e' });
    assert(written().facts.some(({ id }) => id === 'a'));
  });
});
