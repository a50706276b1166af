import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectAsync } from 'mqtt';
import { parseConfig } from '../../src/serve/config/read.js';
import { roomsOf, type RoomPlan } from '../../src/serve/rooms.js';
import { Service } from '../../src/serve/service.js';
import { parseShard, roomsOfShard, shardOf } from '../../src/serve/shard.js';
import { deepinfant } from '../cli/run.js';
import { freePort } from '../free-port.js';
import { Mosquitto } from '../home-assistant/mosquitto.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';
import { ShardProcesses } from './shard-processes.js';

const ROOMS = 1000;

describe('Shards', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-shard-'))));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const rooms = (yaml: string): RoomPlan[] =>
    roomsOf(parseConfig(Buffer.from(yaml), 'test.yaml', { folder, env: {} }));
  const demo = (name: string, ...babies: string[]): string =>
    `  - { type: demo, name: ${name}, babies: [${babies.join(', ')}] }\n`;

  it('are read as K/N, and as nothing else', () => {
    assert.deepEqual(parseShard('2/5'), { number: 2, of: 5 });
    assert.deepEqual(parseShard('1/1'), { number: 1, of: 1 });
    for (const text of ['0/5', '6/5', '2/0', 'a/b', '', '2', '2/5/6', '-1/5', '1.5/5', ' 2/5', '2/5000'])
      assert.throws(
        () => parseShard(text),
        { code: 'usage', message: /^--shard must be K\/N such as 2\/5/ },
        text,
      );
  });

  it('take a room each time, evenly, and the same one whoever asks', () => {
    const names = Array.from({ length: ROOMS }, (_, i) => `Room ${i}`);
    for (const of of [1, 2, 5, 6, 60]) {
      const counts = new Map<number, number>();
      for (const name of names) counts.set(shardOf(name, of), (counts.get(shardOf(name, of)) ?? 0) + 1);
      assert.equal(Math.min(...counts.keys()), 1);
      assert.equal(Math.max(...counts.keys()), of);
      const spread = 5 * Math.sqrt(ROOMS / of);
      for (const count of counts.values())
        assert.ok(Math.abs(count - ROOMS / of) < spread, `${count} of ${of}`);
    }
    // What another version says of a room must be the same: else two would hear it.
    assert.deepEqual(
      names.slice(0, 8).map(name => shardOf(name, 5)),
      [3, 1, 3, 3, 3, 2, 1, 4],
    );
  });

  it('move one room in n + 1 to a further one, and none between the others', () => {
    for (const of of [1, 5, 20]) {
      const moved = Array.from({ length: ROOMS }, (_, i) => `Room ${i}`).filter(
        name => shardOf(name, of) !== shardOf(name, of + 1),
      );
      for (const name of moved) assert.equal(shardOf(name, of + 1), of + 1);
      const expected = ROOMS / (of + 1);
      assert.ok(
        Math.abs(moved.length - expected) < 5 * Math.sqrt(expected),
        `${moved.length} of ${expected}`,
      );
    }
  });

  it('share all rooms, and keep those together that have a baby in common', () => {
    const babies = Array.from({ length: 40 }, (_, i) => `Baby ${i}`);
    const plans = rooms(
      `babies: [${[...babies, 'Mia', 'Leo', 'Ida'].map(name => `{ name: ${name} }`).join(', ')}]\nsources:\n${babies.map((baby, i) => demo(`Cot ${i}`, baby)).join('')}${demo('A', 'Mia')}${demo('B', 'Leo')}${demo('C', 'Leo', 'Ida')}${demo('D', 'Mia', 'Leo')}`,
    );
    const shares = [1, 2, 3, 4, 5].map(number => roomsOfShard(plans, { number, of: 5 }));
    assert.deepEqual(
      shares
        .flat()
        .map(({ name }) => name)
        .sort(),
      plans.map(({ name }) => name).sort(),
    );
    const together = ['Mia', 'Leo', 'Leo & Ida', 'Mia & Leo'];
    const holding = shares.filter(share => share.some(({ name }) => together.includes(name)));
    assert.equal(holding.length, 1);
    assert.deepEqual(
      roomsOfShard(rooms('{}'), { number: 1, of: 1 }).map(({ name }) => name),
      [''],
    );
  });

  it('are checked with the configuration', async () => {
    const file = path.join(folder, 'checked.yaml');
    const babies = ['Mia', 'Leo', 'Ida', 'Tom'];
    writeFileSync(
      file,
      `babies: [${babies.map(name => `{ name: ${name} }`).join(', ')}]\nsources:\n${babies.map(baby => demo(`Cot of ${baby}`, baby)).join('')}`,
    );
    const check = (...args: string[]): ReturnType<typeof deepinfant> =>
      deepinfant('serve', file, '--check', ...args);
    const said = await Promise.all(['1/2', '2/2'].map(shard => check('--shard', shard)));
    const lines = said.flatMap(({ stdout }) => stdout.split('\n').filter(line => line.startsWith('  ')));
    assert.deepEqual(lines.sort(), babies.map(baby => `  ${baby}: Cot of ${baby}`).sort());
    for (const [i, { status, stdout }] of said.entries()) {
      assert.equal(status, 0);
      assert.match(stdout, new RegExp(`is valid\\.\nShard ${i + 1} of 2 hears \\d of 4 rooms:\n`));
    }
    for (const args of [
      ['--shard', '6/5'],
      ['--port', '0'],
      ['--port', '65536'],
      ['--port', 'a'],
    ]) {
      const { status, stdout, stderr } = await check(...args);
      assert.deepEqual([status, stdout], [2, ''], args.join(' '));
      assert.match(stderr, new RegExp(`^${args[0]} must be .*\n`));
    }
  });
});

describe('A shard', function () {
  this.timeout(60_000);
  let folder: string;
  let services: Service[];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-shard-'));
    services = [];
  });
  afterEach(async () => {
    for (const service of services) await service.stop();
    rmSync(folder, { recursive: true });
  });

  async function serve(shard: string): Promise<Service> {
    const service = new Service({ folder, shard: parseShard(shard), report: () => undefined });
    services.push(service);
    const yaml =
      'babies: [{ name: Mia }, { name: Leo }]\nsources:\n  - { type: demo, name: Cot, babies: [Mia] }\n  - { type: demo, name: Den, babies: [Leo] }\n';
    await service.use(parseConfig(Buffer.from(yaml), 'test.yaml', { folder, env: {} }));
    return service;
  }
  const roomsOfService = ({ rooms }: Service): string[] => [...rooms.keys()].sort();
  const hears = (service: Service, ...names: string[]): Promise<void> =>
    until(
      () => roomsOfService(service).join() === names.join() && names.length === service.sources.size,
      () => `${names.join()}, and not ${roomsOfService(service).join()}`,
    );

  it('waits for a room that another one has not stopped hearing', async () => {
    const first = await serve('1/1');
    await hears(first, 'Leo', 'Mia');
    const second = await serve('1/1');
    await hears(second);
    assert.deepEqual([...second.waiting.keys()].sort(), ['Leo', 'Mia']);
    assert.match(
      second.waiting.get('Mia')!,
      /^The room in .*baby-Mia.* is in use by this process\. It is heard here as soon/,
    );
    await first.stop();
    await hears(second, 'Leo', 'Mia');
    assert.equal(second.waiting.size, 0);
    assert.deepEqual(second.rooms.get('Mia')!.room!.troubles, []);
  });

  it('leaves a room that another one has taken while it was suspended, and takes it back', async () => {
    const service = await serve('1/1');
    await hears(service, 'Leo', 'Mia');
    const file = path.join(folder, 'baby-Mia', 'journal', 'journal.lock');
    writeFileSync(file, JSON.stringify({ host: 'another', pid: 1, touchMs: 1e6 }));
    await hears(service, 'Leo');
    assert.match(service.waiting.get('Mia')!, /in use by process 1 on another/);
    rmSync(file);
    await hears(service, 'Leo', 'Mia');
  });

  it('hears a room whose lock cannot be had for want of a disk', async () => {
    writeFileSync(path.join(folder, 'baby-Mia'), 'a full disk');
    const service = await serve('1/1');
    await hears(service, 'Leo', 'Mia');
  });

  it('gives a room that it no longer has to the shard that has it now', async () => {
    const all = await serve('1/1');
    await hears(all, 'Leo', 'Mia');
    const shares = await Promise.all(['1/2', '2/2'].map(serve));
    assert.deepEqual(shares.flatMap(({ waiting }) => [...waiting.keys()]).sort(), ['Leo', 'Mia']);
    await all.stop();
    await until(() => shares.flatMap(roomsOfService).sort().join() === 'Leo,Mia', 'both');
  });
});

describe('Shards as processes', function () {
  this.timeout(150_000);
  let folder: string;
  let broker: Mosquitto;
  let ward: ShardProcesses;
  before(function () {
    needTools(this, 'mosquitto');
  });
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-shards-'));
    broker = new Mosquitto(await freePort());
    await broker.start();
    ward = new ShardProcesses(folder, broker.url, 12, 24);
    await ward.open();
  });
  afterEach(async () => {
    await ward.close();
    await broker.stop();
    rmSync(folder, { recursive: true });
  });

  /** Waits until each source is heard by one service, by shards of so many. */
  const allHeard = (of: number): Promise<void> =>
    until(
      async () =>
        [...(await ward.heardBy()).values()].every(
          shards => shards.length === 1 && shards[0].endsWith(`/${of}`),
        ),
      () => ward.log.join(''),
      60_000,
    );

  it('hear each room once while one is killed and one is added, and lose and double nothing', async () => {
    await Promise.all([1, 2, 3].map(number => ward.start(`${number}/3`)));
    await allHeard(3);
    const sharesBefore = await ward.heardBy();
    const isCrying = (): boolean =>
      ward.runningCries.some(({ source }) => sharesBefore.get(source)![0] === '2/3');
    await until(isCrying, 'a cry in shard 2', 60_000);
    await ward.end('2/3', 'SIGKILL');
    assert.ok(isCrying());
    await ward.start('2/3');
    await allHeard(3);
    await until(() => !isCrying(), 'the end of the cry', 30_000);

    await ward.start('4/4');
    for (const number of [1, 2, 3]) {
      await ward.end(`${number}/3`, 'SIGTERM');
      await ward.start(`${number}/4`);
      const heard = [...(await ward.heardBy()).values()];
      assert.ok(
        heard.every(shards => shards.length <= 1),
        JSON.stringify(heard),
      );
    }
    await allHeard(4);
    for (const [source, [shard]] of await ward.heardBy()) {
      const [before] = sharesBefore.get(source)!;
      assert.ok(shard === '4/4' || shard[0] === before[0], `${source} moved from ${before} to ${shard}`);
    }
    const late = await connectAsync(broker.url);
    const retained = new Map<string, string>();
    late.on('message', (topic, payload) => retained.set(topic, payload.toString()));
    await late.subscribeAsync(['deepinfant/v1/+/node', 'deepinfant/v1/+/service']);
    await until(
      () => retained.size === 24,
      () => [...retained].join('\n'),
    );
    await late.endAsync();
    const nodes = [...retained].filter(([topic]) => topic.endsWith('/node'));
    assert.ok(
      nodes.every(([, payload]) => payload === 'online'),
      JSON.stringify(nodes),
    );
    assert.equal(
      new Set([...retained].filter(([topic]) => topic.endsWith('/service')).map(([, id]) => id)).size,
      1,
    );

    for (const number of [1, 2, 3, 4]) await ward.end(`${number}/4`, 'SIGTERM');
    await until(
      () => ward.runningCries.length === 0,
      () => `the ends of ${ward.runningCries.map(({ id }) => id).join()}\n${ward.log.join('')}`,
    );
    assert.deepEqual(ward.faults(), []);
    assert.ok(ward.noted.length > 0);
    assert.doesNotMatch(ward.log.join(''), /Another service publishes|Cannot |in use by .* Only/);
  });
});
