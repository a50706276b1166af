/**
 * Shards as processes, with a broker: one is killed and started again, and one is added. For how long each source is heard by
 * none or by two, and which events are lost or doubled. Arguments: how many shards, if not 5; how many sources, if not 60;
 * `contained` gives each process ids and a host name of its own, as in containers, which only root can.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import { Mosquitto } from '../home-assistant/mosquitto.js';
import { ShardProcesses } from '../serve/shard-processes.js';
import { until } from '../until.js';

/** They cry a twelfth of the time, as a baby does that cries two hours a day. */
const PERIOD_S = 72;
const LOOK_MS = 100;
const QUIET_MS = 20_000;
const PATIENCE_MS = 180_000;

/** Looks again and again at which shards hear each source. */
class Watch {
  /** For how long each source has been heard by none and by several at a stretch, and at most, in ms. */
  private none = new Map<string, Stretch>();
  private several = new Map<string, Stretch>();
  private isOpen = true;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly shards: ShardProcesses) {}

  begin(): void {
    this.none = new Map();
    this.several = new Map();
  }

  start(): void {
    this.looking = this.look();
  }

  async stop(): Promise<void> {
    this.isOpen = false;
    await this.looking;
  }

  get text(): string {
    const most = (stretches: Map<string, Stretch>): string =>
      seconds(Math.max(0, ...[...stretches.values()].map(({ mostMs }) => mostMs)));
    return `unheard for at most ${most(this.none)}, heard twice for at most ${most(this.several)}`;
  }

  private async look(): Promise<void> {
    let beforeMs = performance.now();
    while (this.isOpen) {
      const heard = await this.shards.heardBy();
      const nowMs = performance.now();
      for (const [source, { length }] of heard) {
        count(this.none, source, length === 0, nowMs - beforeMs);
        count(this.several, source, length > 1, nowMs - beforeMs);
      }
      beforeMs = nowMs;
      await sleep(LOOK_MS);
    }
  }
}

interface Stretch {
  nowMs: number;
  mostMs: number;
}

function count(stretches: Map<string, Stretch>, source: string, holds: boolean, ms: number): void {
  const { nowMs, mostMs } = stretches.get(source) ?? { nowMs: 0, mostMs: 0 };
  const lastsMs = holds ? nowMs + ms : 0;
  stretches.set(source, { nowMs: lastsMs, mostMs: Math.max(mostMs, lastsMs) });
}

async function durationOf(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  const [of = 5, sources = 60] = process.argv.slice(2, 4).map(Number);
  const folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-shards-'));
  const broker = new Mosquitto(await freePort());
  await broker.start();
  const shards = new ShardProcesses(folder, broker.url, sources, PERIOD_S, process.argv[4] === 'contained');
  await shards.open();
  const watch = new Watch(shards);
  const allHeard = async (wanted: number): Promise<string> => {
    const startMs = performance.now();
    await until(
      async () =>
        [...(await shards.heardBy()).values()].every(
          heard => heard.length === 1 && heard[0].endsWith(`/${wanted}`),
        ),
      () => shards.log.join(''),
      PATIENCE_MS,
    );
    return seconds(performance.now() - startMs);
  };
  try {
    for (let number = 1; number <= of; number++) await shards.start(`${number}/${of}`);
    print(`${of} shards hear ${sources} sources after ${await allHeard(of)}`);
    const before = await shards.heardBy();
    watch.start();
    await sleep(QUIET_MS);
    print(`nothing happens: ${watch.text}`);

    watch.begin();
    await shards.end(`2/${of}`, 'SIGKILL');
    await shards.start(`2/${of}`);
    print(`shard 2 is killed and started again: all are heard ${await allHeard(of)} after its start`);
    await sleep(QUIET_MS);
    print(`  ${watch.text}`);

    watch.begin();
    await shards.start(`${of + 1}/${of + 1}`);
    const stopsMs: number[] = [];
    const startsMs: number[] = [];
    for (let number = 1; number <= of; number++) {
      const next = `${number}/${of + 1}`;
      stopsMs.push(await durationOf(() => shards.end(`${number}/${of}`, 'SIGTERM')));
      await shards.start(next);
      startsMs.push(await durationOf(() => until(() => shards.isReady(next), next, PATIENCE_MS)));
    }
    await allHeard(of + 1);
    print(
      `a shard is added, and the others restart one by one: stopping takes at most ${seconds(Math.max(...stopsMs))}, from the start of each until it is ready at most ${seconds(Math.max(...startsMs))}`,
    );
    await sleep(QUIET_MS);
    print(`  ${watch.text}`);
    const moved = [...(await shards.heardBy())].filter(
      ([source, [shard]]) => shard.split('/')[0] !== before.get(source)![0].split('/')[0],
    );
    const toNew = moved.filter(([, [shard]]) => shard === `${of + 1}/${of + 1}`);
    print(`  ${moved.length} of ${sources} rooms moved, ${toNew.length} of them to the new shard`);
    await watch.stop();
    for (let number = 1; number <= of + 1; number++) await shards.end(`${number}/${of + 1}`, 'SIGTERM');
    const faults = shards.faults();
    print(
      `${shards.noted.length} cries; events lost, doubled or with another id: ${faults.length}; published twice: ${shards.repeated}`,
    );
    for (const fault of faults) print(`  ${fault}`);
  } finally {
    await shards.close();
    await broker.stop();
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
