import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { concat } from '../../src/concat.js';
import { encodePart } from '../../src/encode-part.js';
import type { CryEntry } from '../../src/journal/entries.js';
import { readEntries } from '../../src/journal/entry-file.js';
import { entriesFile } from '../../src/journal/journal.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { MAIN, start } from '../cli/run.js';
import { freePort } from '../free-port.js';

/** So many recordings, whose cries begin at different times. */
const RECORDINGS = 6;
const CRY_S = 6;

/** What `/health` says. */
interface HealthReply {
  shard: { number: number; of: number; waiting: { room: string }[] };
  sources: { source: string; state: string; lostS: number }[];
}

interface Published {
  topic: string;
  payload: string;
}

/** A cry, as it was published. */
interface PublishedCry {
  id: string;
  source: string;
  state: string;
  onset: number;
}

/** Services that share the rooms of one configuration, each a process, and all that they publish. */
export class ShardProcesses {
  readonly published: Published[] = [];
  readonly log: string[] = [];
  private readonly running = new Map<string, { child: ChildProcess; port: number }>();
  private watcher: MqttClient | undefined;

  /**
   * @param folder where everything is kept
   * @param periodS so often each source cries
   * @param isContained whether each has process ids and a host name of its own, as in containers; root only
   */
  constructor(
    private readonly folder: string,
    private readonly brokerUrl: string,
    readonly rooms: number,
    private readonly periodS: number,
    private readonly isContained = false,
  ) {}

  get file(): string {
    return path.join(this.folder, 'deepinfant.yaml');
  }

  get sources(): string[] {
    return Array.from({ length: this.rooms }, (_, i) => `Cot ${i + 1}`);
  }

  /** Writes recordings and a configuration, and receives from now on what is published. */
  async open(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    for (let i = 0; i < RECORDINGS; i++) {
      const quietS = 3 + (i * (this.periodS - CRY_S - 3)) / RECORDINGS;
      const quiet = (s: number): Float32Array => new Float32Array(s * SAMPLE_RATE);
      const cry = synthesiseCry({ seed: 1 + i, durationS: CRY_S });
      const sound = concat([quiet(quietS), cry, quiet(this.periodS - quietS - CRY_S)]);
      writeFileSync(path.join(this.folder, `${i}.wav`), writeWav(sound, { rate: SAMPLE_RATE }));
    }
    const of = this.sources.map((source, i) => ({
      source,
      room: `Room ${i + 1}`,
      file: `${i % RECORDINGS}.wav`,
    }));
    writeFileSync(
      this.file,
      [
        'folder: data',
        `mqtt: { url: "${this.brokerUrl}" }`,
        `babies: [${of.map(({ room }) => `{ name: ${room} }`).join(', ')}]`,
        'sources:',
        ...of.map(
          ({ source, room, file }) =>
            `  - { type: recording, name: ${source}, path: ${file}, babies: [${room}] }`,
        ),
        '',
      ].join('\n'),
    );
    this.watcher = await connectAsync(this.brokerUrl);
    this.watcher.on('message', (topic, payload, { retain }) => {
      if (!retain) this.published.push({ topic, payload: payload.toString() });
    });
    await this.watcher.subscribeAsync(['deepinfant/#', 'homeassistant/#']);
  }

  async close(): Promise<void> {
    await Promise.all([...this.running.keys()].map(shard => this.end(shard, 'SIGKILL')));
    await this.watcher?.endAsync();
  }

  /** @param shard such as `2/5` */
  async start(shard: string): Promise<void> {
    const port = await freePort();
    const args = ['serve', this.file, '--shard', shard, '--port', String(port)];
    const child = this.isContained ? startContained(`shard-${shard.split('/')[0]}`, args) : start(args);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => this.log.push(`${shard}  ${text.toString()}`));
    this.running.set(shard, { child, port });
  }

  async end(shard: string, signal: NodeJS.Signals): Promise<void> {
    const { child } = this.running.get(shard)!;
    this.running.delete(shard);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    process.kill(this.isContained ? childOf(child.pid!) : child.pid!, signal);
    await ended;
  }

  /** Whether a shard hears all that it should hear, as `/health` says. */
  async isReady(shard: string): Promise<boolean> {
    try {
      const { ok } = await fetch(`http://127.0.0.1:${this.running.get(shard)!.port}/health`);
      return ok;
    } catch {
      return false;
    }
  }

  /** Which shards hear each source now. */
  async heardBy(): Promise<Map<string, string[]>> {
    const heard = new Map(this.sources.map(source => [source, [] as string[]]));
    await Promise.all(
      [...this.running].map(async ([shard, { port }]) => {
        const health = await healthOf(port);
        for (const { source, state } of health?.sources ?? [])
          if (state === 'running' || state === 'silent') heard.get(source)!.push(shard);
      }),
    );
    return heard;
  }

  /** Events of cries, as they were published for programs. */
  get cries(): PublishedCry[] {
    return this.published
      .filter(({ topic }) => topic.endsWith('/cry'))
      .map(({ payload }) => JSON.parse(payload) as PublishedCry);
  }

  /** The cries that have begun and have not ended. */
  get runningCries(): PublishedCry[] {
    const { cries } = this;
    const ended = new Set(cries.filter(({ state }) => state === 'ended').map(({ id }) => id));
    return cries.filter(({ id, state }) => state === 'started' && !ended.has(id));
  }

  /** What is wrong with all that was published and noted; call it once all have ended. */
  faults(): string[] {
    return this.sources.flatMap((source, i) => this.faultsOf(source, `Room ${i + 1}`));
  }

  /** How many beginnings and ends were published more than once, with the same id and state: quality of service 1. */
  get repeated(): number {
    const ends = this.cries
      .filter(({ state }) => state !== 'ongoing')
      .map(({ id, state }) => `${state} ${id}`);
    return ends.length - new Set(ends).size;
  }

  get noted(): CryEntry[] {
    return this.sources.flatMap((_, i) => this.notedOf(`Room ${i + 1}`));
  }

  private notedOf(room: string): CryEntry[] {
    const file = entriesFile(path.join(this.folder, 'data', `baby-${encodePart(room)}`, 'journal'));
    return [...readEntries(file).entries.values()].filter(entry => entry.kind === 'cry');
  }

  private faultsOf(source: string, room: string): string[] {
    const device = room.toLowerCase().replace(' ', '_');
    const cries = this.cries.filter(cry => cry.source === source);
    const idsOf = (state: string): string =>
      [...new Set(cries.filter(cry => cry.state === state).map(({ id }) => id))].sort().join(' ');
    const shown = this.published
      .filter(({ topic }) => topic === `deepinfant/v1/${device}/event`)
      .map(({ payload }) => JSON.parse(payload) as { event_type: string; cry: string });
    const shownIds = (type: string): string =>
      [...new Set(shown.filter(({ event_type }) => event_type === type).map(({ cry }) => cry))]
        .sort()
        .join(' ');
    const noted = this.notedOf(room).sort((a, b) => a.onset - b.onset);
    const ids = noted
      .map(({ id }) => id)
      .sort()
      .join(' ');
    const faults: string[] = [];
    for (const [what, found] of [
      ['started', idsOf('started')],
      ['ended', idsOf('ended')],
      ['started in Home Assistant', shownIds('started')],
      ['ended in Home Assistant', shownIds('ended')],
    ])
      if (found !== ids) faults.push(`${source}: ${what} ${found}; the journal has ${ids}`);
    for (const [i, { id, offset }] of noted.entries())
      if (offset === undefined || offset > (noted.at(i + 1)?.onset ?? Infinity))
        faults.push(`${source}: ${id} was heard twice or has no end`);
    const configs = this.published
      .filter(({ topic }) => topic === `homeassistant/device/deepinfant_${device}/config`)
      .map(({ payload }) => payload);
    if (configs.length === 0 || new Set(configs).size > 1)
      faults.push(
        `${source}: ${configs.length} descriptions of its device, ${new Set(configs).size} different ones`,
      );
    return faults;
  }
}

/** Starts the command line with process ids and a host name of its own. */
function startContained(host: string, args: string[]): ChildProcessWithoutNullStreams {
  const spaces = ['--pid', '--fork', '--kill-child', '--mount-proc', '--uts'];
  const script = 'hostname "$0" && exec "$@"';
  return spawn('unshare', [...spaces, 'sh', '-c', script, host, process.execPath, MAIN, ...args]);
}

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}

/** Undefined where the page is not there. */
async function healthOf(port: number): Promise<HealthReply | undefined> {
  try {
    return (await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as HealthReply;
  } catch {
    return undefined;
  }
}
