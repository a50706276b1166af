import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BabyMemory } from '../../src/baby/memory.js';
import type { CryEvent } from '../../src/values.js';
import { cryAt, HOUR_MS } from '../reason/cries.js';
import { skip } from '../tools.js';
import { NodeRedProcess } from './node-red-process.js';

const NOON = Date.UTC(2026, 0, 31, 12);
const SETTINGS = { httpNodeRoot: '/', logging: { console: { level: 'info' } } };

/** What is posted to /ROUTE goes through a reason node; what comes out of either output is the answer. */
const place = { z: 'tab', x: 0, y: 0 };
const reason = (id: string, baby: string): object[] => [
  { ...place, id: `${id} in`, type: 'http in', url: `/${id}`, method: 'post', wires: [[id]] },
  { ...place, id, type: 'deepinfant-reason', baby, wires: [['out'], ['out']] },
];
const FLOW = [
  { id: 'tab', type: 'tab', label: 'test' },
  { id: 'mia', type: 'deepinfant-baby', name: 'Mia', birthDate: '2025-12-01' },
  ...reason('one', 'mia'),
  ...reason('two', 'mia'),
  { ...place, id: 'out', type: 'http response', wires: [] },
  { ...place, id: 'catch', type: 'catch', scope: null, wires: [['out']] },
];

describe('what is known of a baby', function () {
  this.timeout(60_000);
  let userDir: string;
  let nodeRed: NodeRedProcess;
  const folder = (): string => path.join(userDir, 'deepinfant', 'baby-mia');

  async function start(env: NodeJS.ProcessEnv = {}): Promise<void> {
    nodeRed = new NodeRedProcess(userDir, SETTINGS, env);
    await nodeRed.start();
  }

  /** Sends a payload to a reason node, and gives the payload that comes out of it. */
  async function post<Answer>(payload: object, node = 'one'): Promise<Answer> {
    const response = await fetch(nodeRed.url + node, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });
    return (await response.json()) as Answer;
  }

  const memory = (): Promise<BabyMemory> => post({ export: true });

  beforeEach(() => {
    userDir = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(FLOW));
  });
  afterEach(async () => {
    await nodeRed.stop();
    rmSync(userDir, { recursive: true });
  });

  it('outlives Node-RED, killed at any moment after it was acknowledged', async () => {
    await start({ TZ: 'America/New_York' });
    const cry = await post<CryEvent>(cryAt(NOON));
    const answer = { answer: 'tired', cry: cry.id, at: NOON + HOUR_MS, by: 'Anna' };
    assert.deepEqual(await post(answer, 'two'), {
      outcome: 'counted',
      cry: cry.id,
      reason: 'tired',
      at: answer.at,
      by: 'Anna',
      record: { answers: 1, right: 0, commonestRight: 0 },
    });
    let feeds = 0;
    const killed = sleep(300).then(() => nodeRed.stop('SIGKILL'));
    try {
      for (; ; feeds++) await post({ kind: 'feed', at: NOON + feeds });
    } catch {
      await killed;
    }

    await start({ TZ: 'Asia/Kolkata' });
    const { facts, cries } = await memory();
    assert(feeds > 0);
    // The last one may have been written and not acknowledged.
    assert([feeds, feeds + 1].includes(facts.length), `${feeds} feeds, ${facts.length} facts`);
    assert.equal(facts.at(-1)!.at, NOON);
    assert.deepEqual(
      cries.map(({ id, answer }) => ({ id, answer })),
      [{ id: cry.id, answer: { reason: 'tired', at: NOON + HOUR_MS, by: 'Anna', from: 'caregiver' } }],
    );
  });

  it('comes from the copy when the file is damaged, which is said', async () => {
    const fact = { kind: 'feed', at: NOON, id: 'f' };
    mkdirSync(folder(), { recursive: true });
    const content = JSON.stringify({ version: 1, facts: [fact], cries: [] });
    writeFileSync(path.join(folder(), 'memory.copy.json'), content);
    writeFileSync(path.join(folder(), 'memory.json'), content.slice(0, -10));
    await start();
    assert.deepEqual((await memory()).facts, [fact]);
    await nodeRed.until(
      /\[warn\] \[deepinfant-reason:one\] .*memory\.json is damaged: .* Its copy is used instead\./,
    );
    assert(readdirSync(folder()).some(name => name.endsWith('.damaged')));
  });

  it('is not lost on a full disk, which is said, and is written when there is room', async function () {
    const disk = path.join(userDir, 'deepinfant');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', disk]).status !== 0)
      skip(this, 'mounting a small disk needs root');
    try {
      await start();
      await post({ kind: 'feed', at: NOON });
      spawnSync('dd', ['if=/dev/zero', `of=${disk}/filler`, 'bs=1k']);
      await post({ kind: 'feed', at: NOON + HOUR_MS });
      const cry = await post<CryEvent>(cryAt(NOON + 2 * HOUR_MS));
      assert.ok(cry.reason, 'a reason is told all the same');
      await nodeRed.until(
        /\[warn\] \[deepinfant-reason:one\] .*Cannot save what is known of the baby in .*: no space left on device/,
      );
      assert.equal((await memory()).facts.length, 2);
      rmSync(path.join(disk, 'filler'));
      await post({ kind: 'feed', at: NOON + 3 * HOUR_MS });
      const written = readFileSync(path.join(folder(), 'memory.json'), 'utf8');
      assert.deepEqual((JSON.parse(written) as { content: object }).content, await memory());
    } finally {
      await nodeRed.stop();
      spawnSync('umount', [disk]);
    }
  });
});
