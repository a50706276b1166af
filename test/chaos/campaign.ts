import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../src/errors.js';
import { Random } from '../../src/maths/random.js';
import { freePort } from '../free-port.js';
import { FakeHomeAssistant } from '../hass/fake-home-assistant.js';
import { Mosquitto } from '../home-assistant/mosquitto.js';
import { NodeRedProcess } from '../nodes/node-red-process.js';
import { RtspCamera } from '../rtsp/rtsp-camera.js';
import { isInstalled } from '../tools.js';
import { until } from '../until.js';
import { Home, SECRETS, type Surroundings } from './home.js';
import { leaksOf, verify } from './verify.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;
/** A family begins anew after so many kills, so that neither its disk nor its memory is full. */
const KILLS_PER_HOME = 40;
/** Longest wait for what a busy machine does. */
const PATIENCE_MS = 120_000;
/** Node-RED is killed within this time of its start, or of having started. */
const START_MS = 4000;
const RUN_MS = 2000;

const LEAPS_MS = [
  HOUR_MS,
  -HOUR_MS,
  26 * HOUR_MS,
  -3 * DAY_MS,
  2 * YEAR_MS,
  -2 * YEAR_MS,
  10 * YEAR_MS,
] as const;

/** What happens to Node-RED before it is killed. */
export const EVENTS = [
  'nothing else',
  'killed while it starts',
  'the clock leaps',
  'the disk is full',
  'the folder is read-only',
  'a second Node-RED',
] as const;
export type ChaosEvent = (typeof EVENTS)[number];

/** Errors of JavaScript that say nothing to a person, and what ends Node-RED. */
const RAW = /\b(?:Type|Range|Reference|Syntax|URI)Error\b.*|Uncaught Exception.*|UnhandledPromise.*/;
const DAMAGE = /.*\bdamaged\b.*/;

export interface ChaosOptions {
  kills: number;
  seed: number;
  signal: AbortSignal;
  progress?: (kills: number) => void;
}

export interface ChaosReport {
  /** Kills by what happened before. */
  kills: Map<ChaosEvent, number>;
  /** Why something was left out. */
  skipped: Map<ChaosEvent | 'MQTT', string>;
  /** What was promised to be on disk, over all families. */
  promised: { cries: number; clips: number; facts: number; answers: number };
  /** After a kill at most: cries without their end, clips and pictures that no entry names, temporary files. */
  most: { inProgress: number; unnamed: number; temporary: number };
  lost: string[];
  unclean: string[];
  leaks: string[];
  /** What else must not happen: Node-RED ends by itself, raw errors, captures that stay. */
  wrong: string[];
}

/** Kills a Node-RED with all nodes at random moments, and looks at what is on disk each time. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const campaign = new Campaign(options);
  await campaign.open();
  try {
    await campaign.run();
  } finally {
    await campaign.close();
  }
  return campaign.report;
}

class Campaign {
  readonly report: ChaosReport = {
    kills: new Map(EVENTS.map(event => [event, 0])),
    skipped: new Map(),
    promised: { cries: 0, clips: 0, facts: 0, answers: 0 },
    most: { inProgress: 0, unnamed: 0, temporary: 0 },
    lost: [],
    unclean: [],
    leaks: [],
    wrong: [],
  };
  private readonly random: Random;
  private readonly camera = new RtspCamera({
    login: { scheme: 'Digest', user: 'admin', password: SECRETS['the password of the camera'] },
  });
  private hass!: FakeHomeAssistant;
  private broker: Mosquitto | undefined;
  private lighting: NodeJS.Timeout | undefined;
  private home!: Home;
  private readonly running = new Set<NodeRedProcess>();

  constructor(private readonly options: ChaosOptions) {
    this.random = new Random(options.seed);
  }

  async open(): Promise<void> {
    await this.camera.start();
    this.hass = await FakeHomeAssistant.start();
    const state = { s: 'off', a: { supported_color_modes: ['onoff'] }, c: 'before' };
    this.lighting = setInterval(() => {
      if (this.hass.isSubscribed('subscribe_entities'))
        this.hass.sendEvent('subscribe_entities', { a: { 'light.cot': state } });
    }, 200);
    if (isInstalled('mosquitto')) {
      this.broker = new Mosquitto(await freePort());
      await this.broker.start();
    } else this.report.skipped.set('MQTT', 'mosquitto is not installed');
  }

  async run(): Promise<void> {
    const { kills, signal, progress } = this.options;
    for (let kill = 0; kill < kills && !signal.aborted; kill++) {
      if (kill % KILLS_PER_HOME === 0) this.moveIn();
      const event = this.drawEvent(kill);
      try {
        await this.live(event);
      } catch (error) {
        this.wrong(event, messageOf(error));
      }
      await this.killAll(event);
      this.look(event);
      progress?.(kill + 1);
    }
    await this.startOnceMore();
    this.moveOut();
  }

  async close(): Promise<void> {
    for (const nodeRed of this.running) await nodeRed.stop('SIGKILL');
    clearInterval(this.lighting);
    await this.camera.stop();
    await this.hass.stop();
    await this.broker?.stop();
  }

  private moveIn(): void {
    this.moveOut();
    const surroundings: Surroundings = {
      hassUrl: this.hass.url,
      cameraUrl: this.camera.url,
      brokerPort: this.broker?.port,
    };
    this.home = new Home(surroundings);
    if (this.home.noDisk === undefined) return;
    this.report.skipped.set('the disk is full', this.home.noDisk);
    this.report.skipped.set('the folder is read-only', this.home.noDisk);
  }

  private moveOut(): void {
    // There is none before the first.
    const home = this.home as Home | undefined;
    if (home === undefined) return;
    const { promised } = verify(home);
    for (const what of Object.keys(promised) as (keyof typeof promised)[])
      this.report.promised[what] += promised[what];
    home.remove();
  }

  /** Each in turn at first, so that a short campaign has all. */
  private drawEvent(kill: number): ChaosEvent {
    const possible = EVENTS.filter(event => !this.report.skipped.has(event));
    return kill < possible.length ? possible[kill] : this.random.pick(possible);
  }

  private start(): NodeRedProcess {
    const env = {
      CHAOS_CLOCK: this.home.clockFile,
      NODE_OPTIONS: `--require ${require.resolve('./clock.js')}`,
    };
    const settings = { credentialSecret: false, logging: { console: { level: 'trace', audit: true } } };
    const nodeRed = new NodeRedProcess(this.home.userDir, settings, env);
    this.running.add(nodeRed);
    return nodeRed;
  }

  /** One life of Node-RED, up to its end. */
  private async live(event: ChaosEvent): Promise<void> {
    const { home, random } = this;
    const mayStartProtected = event === 'the folder is read-only' && random.chance(0.3);
    const nodeRed = this.start();
    if (event === 'killed while it starts') {
      await this.pause(START_MS);
      return;
    }
    if (mayStartProtected) {
      home.witness.note({ what: 'trouble begins' });
      await home.protectDisk();
    }
    await within(nodeRed.start(), 'the start of Node-RED');
    const before = keptIn(home);
    if (!mayStartProtected)
      await until(() => keptIn(home) > before, 'the first cry that is kept', PATIENCE_MS);
    await this.pause(RUN_MS);
    switch (event) {
      case 'the clock leaps':
        home.setClock(random.pick(LEAPS_MS));
        await this.pause(RUN_MS);
        // Half of the time it is still wrong at the next start.
        if (random.chance(0.5)) home.setClock(0);
        break;
      case 'the disk is full':
        home.witness.note({ what: 'trouble begins' });
        home.fillDisk();
        await this.pause(RUN_MS);
        if (random.chance(0.5)) return;
        home.emptyDisk();
        await this.catchUp();
        break;
      case 'the folder is read-only':
        if (!mayStartProtected) {
          home.witness.note({ what: 'trouble begins' });
          await home.protectDisk();
        }
        await this.pause(RUN_MS);
        if (random.chance(0.5)) return;
        home.unprotectDisk();
        await this.catchUp();
        break;
      case 'a second Node-RED': {
        const second = this.start();
        await within(second.start(), 'the start of the second Node-RED');
        await this.pause(RUN_MS);
        if (random.chance(0.5)) await this.kill(nodeRed);
        else await this.kill(second);
        await this.pause(RUN_MS);
        break;
      }
      case 'nothing else':
    }
  }

  private async catchUp(): Promise<void> {
    const { witness } = this.home;
    witness.note({ what: 'trouble ends' });
    await until(() => witness.hasCaughtUp, 'that all is written when there is room again', PATIENCE_MS);
    await this.pause(RUN_MS);
  }

  private async killAll(event: ChaosEvent): Promise<void> {
    for (const nodeRed of this.running) {
      if (nodeRed.hasEnded) this.wrong(event, `Node-RED ended by itself: ${nodeRed.output.slice(-2000)}`);
      await this.kill(nodeRed);
    }
    const { home } = this;
    if (home.noDisk === undefined) {
      home.unprotectDisk();
      home.emptyDisk();
    }
    home.witness.note({ what: 'trouble ends' });
    await until(() => this.camera.viewers === 0, 'the end of captures', 20_000).catch((error: unknown) => {
      this.wrong(event, messageOf(error));
    });
    this.report.kills.set(event, this.report.kills.get(event)! + 1);
  }

  private async kill(nodeRed: NodeRedProcess): Promise<void> {
    await nodeRed.stop('SIGKILL');
    this.running.delete(nodeRed);
    this.home.witness.note({ what: 'killed' });
    const { output } = nodeRed;
    const [raw] = RAW.exec(output) ?? [];
    if (raw !== undefined) this.wrong('nothing else', `a raw error: ${raw}`);
    const [damage] = DAMAGE.exec(output) ?? [];
    if (damage !== undefined) this.report.unclean.push(damage);
    this.report.leaks.push(...leaksOf(output, 'the log'));
  }

  /** Looks at what is on disk. */
  private look(event: ChaosEvent): void {
    const { report } = this;
    const { lost, unclean, leaks, inProgress, unnamed, temporary } = verify(this.home);
    const isNews = (all: string[]) => (text: string) => !all.includes(text);
    for (const text of lost.filter(text => !report.lost.some(known => known.endsWith(text))))
      report.lost.push(`after '${event}': ${text}`);
    report.unclean.push(...unclean.filter(isNews(report.unclean)));
    report.leaks.push(...leaks.filter(isNews(report.leaks)));
    const { most } = report;
    most.inProgress = Math.max(most.inProgress, inProgress);
    most.unnamed = Math.max(most.unnamed, unnamed);
    most.temporary = Math.max(most.temporary, temporary);
  }

  /** Ends the way it should: with the right clock, and asked to. */
  private async startOnceMore(): Promise<void> {
    this.home.setClock(0);
    const nodeRed = this.start();
    try {
      const before = keptIn(this.home);
      await within(nodeRed.start(), 'the last start of Node-RED');
      await until(() => keptIn(this.home) > before, 'the last cry that is kept', PATIENCE_MS);
      await nodeRed.stop();
    } catch (error) {
      this.wrong('nothing else', messageOf(error));
    }
    await this.kill(nodeRed);
    this.look('nothing else');
  }

  private pause(mostMs: number): Promise<void> {
    return sleep(this.random.uniform() * mostMs);
  }

  private wrong(event: ChaosEvent, text: string): void {
    this.report.wrong.push(`'${event}': ${text}`);
  }
}

function keptIn({ witness }: Home): number {
  return witness.lines().filter(({ what }) => what === 'kept').length;
}

async function within(work: Promise<void>, what: string): Promise<void> {
  const patience = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => {
    throw new Error(`waited in vain for ${what}`);
  });
  await Promise.race([work, patience]);
}
