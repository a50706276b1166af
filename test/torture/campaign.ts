import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import type { HassEntity } from 'home-assistant-js-websocket' with { 'resolution-mode': 'import' };
import type { BabyMemory } from '../../src/baby/memory.js';
import { messageOf } from '../../src/errors.js';
import { readAction, tagOf } from '../../src/hass/notify/cry-notification.js';
import { readEntries } from '../../src/journal/entry-file.js';
import { entriesFile } from '../../src/journal/journal.js';
import { Random } from '../../src/maths/random.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { addAt } from '../../src/synth/level.js';
import { roomNoise } from '../../src/synth/nursery.js';
import { Turns } from '../../src/turns.js';
import { type Reason, REASONS } from '../../src/values.js';
import { addAutomation, deviceIdOf } from '../home-assistant/automation.js';
import { BabyBuddyNotes } from '../home-assistant/baby-buddy-notes.js';
import { Bulb } from '../home-assistant/bulb.js';
import { HomeAssistant } from '../home-assistant/home-assistant.js';
import { Phone } from '../home-assistant/phone.js';
import { NodeRedProcess } from '../nodes/node-red-process.js';
import { until } from '../until.js';
import { Cot } from './cot.js';
import { folderOf, writeFlow } from './flow.js';
import { judge, type NightRecord, ringsOf, type Verdict, VICTIMS, type Victim } from './verdict.js';
import { Witness } from './witness.js';

/** Longest wait for what a busy machine does. */
const PATIENCE_MS = 180_000;
/** A baby cries for at least as long, and until somebody could hear it. */
const CRY_MS = [8000, 14_000] as const;
/** When something is killed, from the beginning of a cry. */
const KILL_MS = [-4000, 14_000] as const;
/** How long what was killed stays away, beside the time of its start. */
const MOST_AWAY_MS = 6000;
const MOST_LOST_MS = 6000;
const GAP_MS = [3000, 8000] as const;
/** A cry counts as reported once it was for so long, with no kill in between. */
const REPORTED_MS = 2500;
/** A baby that cries again within so long has one cry, and what it cried last may be heard only now. */
const QUIET_MS = 6000;
/** Somebody whose answer is not shown as taken within so long says it again. */
const TRY_AGAIN_MS = 10_000;
/** What is late comes within so long. */
const CALM_MS = 90_000;
const QUIET_S = 120;
const LOUD_S = 20;

/** What the lamp that shows cries is before and after. */
const LAMP = { state: 'ON', brightness: 40, color_temp: 370, color_mode: 'color_temp' } as const;

const MIA = 'Mia';
const LEO = 'Leo';
const SPARE = 'switch.spare_listening';
const PRESET = 'select.mia_preset';
/** Settings that somebody chose before the night. */
const CHOSEN: Record<string, string> = { [SPARE]: 'off', [PRESET]: 'sensitive' };

export interface NightOptions {
  cries: number;
  /** How often each victim is killed. */
  kills: number;
  seed: number;
  signal: AbortSignal;
  /** Is called with the cries that are over. */
  progress?: (cries: number) => void;
}

export interface NightReport extends Verdict {
  record: NightRecord;
  minutes: number;
  crying: number;
  phones: number;
  kills: Record<Victim, number>;
  flaps: number;
  notes: number;
}

/** A night with two babies, three cameras and three phones, in which all that can be killed is killed. */
export async function tortureNight(options: NightOptions): Promise<NightReport> {
  const night = new Night(options);
  try {
    await night.open();
    await night.run();
    return night.report();
  } finally {
    await night.close();
  }
}

class Night {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'torture-'));
  private readonly userDir = path.join(this.folder, 'node-red');
  private readonly witness = new Witness(path.join(this.folder, 'witness.jsonl'));
  private readonly rooms = [
    { baby: MIA, cots: [new Cot('cot'), new Cot('hall')] },
    { baby: LEO, cots: [new Cot('attic')] },
  ];
  private readonly spare = new Cot('spare');
  private readonly quiet: Float32Array;
  private readonly loud: Float32Array[];
  private home!: HomeAssistant;
  private nodeRed!: NodeRedProcess;
  private watcher!: MqttClient;
  private phones: Phone[] = [];
  private lamp!: Bulb;
  private nightLight!: Bulb;
  private readonly notes = new BabyBuddyNotes();
  private readonly startedAt = performance.now();
  private flaps = 0;
  private cries = 0;
  private readonly wrong: string[] = [];
  /** One kill of each victim after another. */
  private readonly turns: Record<Victim, Turns> = {
    'Home Assistant': new Turns(),
    'the broker': new Turns(),
    'Node-RED': new Turns(),
  };
  private readonly crying: NightRecord['crying'] = [];
  private readonly kills: NightRecord['kills'] = [];
  private readonly states: NightRecord['states'] = [];
  private readonly brokerEvents: NightRecord['brokerEvents'] = [];
  private readonly hassEvents: NightRecord['hassEvents'] = [];
  private readonly answers: NightRecord['answers'] = [];

  constructor(private readonly options: NightOptions) {
    const { seed } = options;
    this.quiet = roomNoise({ seed, durationS: QUIET_S });
    this.loud = [0, 1, 2, 3].map(n => loudSound(seed + n, this.quiet));
  }

  async open(): Promise<void> {
    mkdirSync(this.userDir);
    await this.notes.start();
    this.home = await HomeAssistant.start(this.notes.restCommand);
    const { home } = this;
    for (const cot of [...this.cots, this.spare]) {
      await cot.open();
      cot.play(this.quiet);
    }
    for (const name of ['Anna Phone', 'Ben Phone', 'Cleo Phone'])
      this.phones.push(await Phone.register(home, name));
    this.lamp = await Bulb.plugIn(home.broker, 'nursery', ['hs', 'color_temp']);
    await this.lamp.change(LAMP);
    this.nightLight = await Bulb.plugIn(home.broker, 'night', ['brightness']);
    await this.watch();
    writeFlow(this.userDir, {
      rooms: this.rooms.map(({ baby, cots }) => ({
        baby,
        cameras: new Map(cots.map(cot => [cot.name, cot.url])),
      })),
      spareUrl: this.spare.url,
      hassUrl: home.url,
      brokerPort: home.broker.port,
      token: home.token,
      phones: this.phones.map(({ notify }) => notify),
      lamp: this.lamp.entityId,
      witnessFile: this.witness.file,
    });
    this.witness.start();
    await this.startNodeRed();
    for (const id of ['mia_crying', 'leo_crying', 'mia_crying_hall'])
      await home.untilState(`binary_sensor.${id}`, ({ state }) => state === 'off', PATIENCE_MS);
    await this.automate();
    await home.untilState(SPARE, ({ state }) => state === 'on', PATIENCE_MS);
    await home.call('switch.turn_off', { entity_id: SPARE });
    await home.call('select.select_option', { entity_id: PRESET, option: CHOSEN[PRESET] });
    for (const [id, chosen] of Object.entries(CHOSEN))
      await home.untilState(id, ({ state }) => state === chosen);
    await until(() => this.spare.viewers === 0, 'nobody listens to the spare camera', PATIENCE_MS);
    this.states.length = 0;
    await this.noteStates();
  }

  async run(): Promise<void> {
    const { cries, kills, seed, signal, progress } = this.options;
    const victims = planVictims(new Random(seed), cries, kills);
    // Two of five cries are those of the baby with one camera; both may cry at a time.
    const isLeos = (i: number): boolean => i % 5 === 1 || i % 5 === 4;
    await Promise.all(
      this.rooms.map(async room => {
        for (const [i, victim] of victims.entries()) {
          if (isLeos(i) !== (room.baby === LEO) || signal.aborted) continue;
          await this.cry(room, victim, Random.of(seed, i)).catch((error: unknown) => {
            this.wrong.push(`in a cry of ${room.baby}: ${messageOf(error)}`);
          });
          progress?.(++this.cries);
        }
      }),
    );
    await this.calmDown();
  }

  report(): NightReport {
    const { record } = this;
    const verdict = judge(record);
    const kills = Object.fromEntries(
      VICTIMS.map(victim => [victim, this.kills.filter(kill => kill.victim === victim).length]),
    ) as Record<Victim, number>;
    return {
      ...verdict,
      record,
      wrong: [...this.wrong, ...verdict.wrong, ...this.lightsLeft(), ...this.settingsChanged()],
      minutes: (performance.now() - this.startedAt) / 60_000,
      crying: this.crying.length,
      phones: this.phones.length,
      kills,
      flaps: this.flaps,
      notes: this.notes.notes.length,
    };
  }

  async close(): Promise<void> {
    // Whatever failed to start is not there.
    await (this.nodeRed as NodeRedProcess | undefined)?.stop('SIGKILL');
    await (this.watcher as MqttClient | undefined)?.endAsync(true);
    for (const bulb of [this.lamp, this.nightLight] as (Bulb | undefined)[]) await bulb?.unplug();
    await (this.home as HomeAssistant | undefined)?.stop();
    this.notes.stop();
    this.witness.stop();
    for (const cot of [...this.cots, this.spare]) await cot.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get cots(): Cot[] {
    return this.rooms.flatMap(({ cots }) => cots);
  }

  private async startNodeRed(): Promise<void> {
    const settings = { credentialSecret: false, mqttReconnectTime: 1000 };
    this.nodeRed = new NodeRedProcess(this.userDir, settings);
    await this.nodeRed.start();
  }

  /** Makes the automations of four blueprints, for the baby with two cameras. */
  private async automate(): Promise<void> {
    const { home } = this;
    const [first, second, third] = await Promise.all(this.phones.map(({ name }) => deviceIdOf(home, name)));
    const crying = 'binary_sensor.mia_crying';
    const answer = 'select.mia_answer';
    await addAutomation(home, 'notify_when_hungry', {
      crying,
      reason: 'sensor.mia_reason',
      confidence: 'sensor.mia_confidence',
      answer,
      phones: [first],
      reasons: [...REASONS, 'unsure'],
      least: 0,
      after: 1,
    });
    await addAutomation(home, 'escalate_to_second_parent', {
      crying,
      answer,
      first: second,
      second: third,
      after: 1,
      patience: 0.1,
    });
    await addAutomation(home, 'night_light', {
      crying,
      light: this.nightLight.entityId,
      linger: 0.05,
      evening: '00:00:00',
      morning: '23:59:59',
    });
    await addAutomation(home, 'log_to_baby_buddy', { cry: 'event.mia_cry', answer, child: 1, patience: 1 });
    await home.untilKept('automation.log_to_baby_buddy');
  }

  /** Notes what the broker and Home Assistant say, also after they were away. */
  private async watch(): Promise<void> {
    const { home } = this;
    // Back at a broker that was away before Node-RED is, so that it misses nothing.
    this.watcher = await connectAsync(home.broker.url, { reconnectPeriod: 50 });
    this.watcher.on('message', (_topic, payload) => {
      const { event_type: type, cry } = JSON.parse(payload.toString()) as { event_type: string; cry: string };
      this.brokerEvents.push({ type, cry });
    });
    await this.watcher.subscribeAsync('deepinfant/+/+/event', { qos: 1 });
    await home.connection.subscribeEvents<{ data: { new_state: HassEntity | null } }>(({ data }) => {
      if (data.new_state) this.noteState(data.new_state);
    }, 'state_changed');
    home.connection.addEventListener('ready', () => {
      // It may be killed again at once.
      this.noteStates().catch(() => undefined);
    });
  }

  private async noteStates(): Promise<void> {
    for (const state of (await this.home.states()).values()) this.noteState(state);
  }

  private noteState({ entity_id: entityId, state, attributes }: HassEntity): void {
    if (/^binary_sensor\..*_crying|^light\./.test(entityId) || entityId in CHOSEN)
      this.states.push({ entityId, state, at: Date.now() });
    const { event_type: type, cry } = attributes;
    const isKnown = !['unknown', 'unavailable'].includes(state);
    if (/^event\..*_cry$/.test(entityId) && typeof type === 'string' && isKnown)
      this.hassEvents.push({ type, cry: String(cry), at: state });
  }

  /** A cry, from before it to when somebody said what it was; and perhaps something is killed meanwhile. */
  private async cry(
    { baby, cots }: Night['rooms'][number],
    victim: Victim | undefined,
    random: Random,
  ): Promise<void> {
    const cot = random.pick(cots);
    const killMs = random.uniform(...KILL_MS);
    let isKilled = victim === undefined;
    const killing =
      victim &&
      sleep(Math.max(0, killMs)).then(() => {
        isKilled = true;
        return this.kill(victim, random.uniform(0, MOST_AWAY_MS));
      });
    await sleep(Math.max(0, -killMs) * (victim === undefined ? 0 : 1));
    const crying = { baby, source: cot.name, from: Date.now(), to: Infinity };
    this.crying.push(crying);
    cot.play(random.pick(this.loud));
    const flapping = this.flapSometimes(random, cot, 10_000);
    await sleep(random.uniform(...CRY_MS));
    try {
      await until(() => isKilled && this.isReported(crying), 'the report of a cry', PATIENCE_MS);
    } finally {
      cot.play(this.quiet);
      crying.to = Date.now();
    }
    await flapping;
    await sleep(QUIET_MS);
    const isOver = (): boolean =>
      this.idsOf(crying, 'started').every(id => this.idsOf(crying, 'ended').includes(id));
    await until(isOver, 'the end of a cry', PATIENCE_MS);
    await this.answer(random, baby, this.idsOf(crying, 'started').at(-1)!);
    await killing;
    await this.flapSometimes(random, random.pick(cots), random.uniform(...GAP_MS));
    await sleep(random.uniform(...GAP_MS));
  }

  /** Whether a cry was reported, and nobody was killed in that moment. */
  private isReported({ source, from }: NightRecord['crying'][number]): boolean {
    const isKilledIn = (at: number): boolean =>
      this.kills.some(kill => kill.victim === 'Node-RED' && kill.until > at && kill.at < at + REPORTED_MS);
    return this.witness.lines.some(
      line =>
        'state' in line &&
        line.state === 'started' &&
        line.source === source &&
        line.at >= from &&
        Date.now() - line.at >= REPORTED_MS &&
        !isKilledIn(line.at),
    );
  }

  private idsOf({ source, from }: NightRecord['crying'][number], state: string): string[] {
    return this.witness.lines.flatMap(line =>
      'state' in line && line.state === state && line.source === source && line.at >= from ? line.id : [],
    );
  }

  /** Two of five times the camera is lost within so long. */
  private async flapSometimes(random: Random, cot: Cot, withinMs: number): Promise<void> {
    if (!random.chance(0.4)) return;
    await sleep(random.uniform(0, withinMs));
    this.flaps++;
    await cot.flap(random, MOST_LOST_MS);
  }

  private kill(victim: Victim, awayMs: number): Promise<void> {
    return this.turns[victim].take(async () => {
      const kill = { victim, at: Date.now(), until: Infinity };
      this.kills.push(kill);
      switch (victim) {
        case 'Home Assistant':
          await this.home.restart({ signal: 'SIGKILL', offMs: awayMs });
          break;
        case 'the broker':
          await this.home.broker.stop('SIGKILL');
          await sleep(awayMs);
          await this.home.broker.start();
          break;
        case 'Node-RED':
          if (this.nodeRed.hasEnded) this.wrong.push(`Node-RED ended: ${this.nodeRed.output.slice(-2000)}`);
          await this.nodeRed.stop('SIGKILL');
          await sleep(awayMs);
          await this.startNodeRed();
      }
      kill.until = Date.now();
    });
  }

  /** Somebody says what a cry was, by a phone, a button or the list, and again until it is shown as taken. */
  private async answer(random: Random, baby: string, cry: string): Promise<void> {
    const { home } = this;
    const entity = baby.toLowerCase();
    const phone = random.pick(this.phones);
    const [reason, say] = random.pick<[Reason, (reason: Reason) => Promise<void>]>([
      [
        // Others are on later pages.
        random.pick(['hungry', 'tired']),
        reason => tap(phone, cry, reason),
      ],
      [
        random.pick(REASONS),
        reason => home.call('select.select_option', { entity_id: `select.${entity}_answer`, option: reason }),
      ],
      [
        random.pick(REASONS),
        reason =>
          home.call('button.press', { entity_id: `button.${entity}_was_${reason.replaceAll(' ', '_')}` }),
      ],
    ]);
    const isCalled = (): boolean =>
      this.phones.every(({ notifications }) => ringsOf(notifications, tagOf(cry)).length > 0);
    // Whoever nobody called is late; what never comes is a fault of the verdict.
    await until(isCalled, 'the rings', CALM_MS).catch(() => undefined);
    this.answers.push({ baby, cry, reason });
    const folder = folderOf(this.userDir, baby);
    const isTaken = (): boolean => answersInMemory(folder).some(answer => answer.cry === cry);
    const deadline = Date.now() + PATIENCE_MS;
    while (!isTaken() && Date.now() < deadline) {
      // What is away does not answer; people try again.
      await say(reason).catch(() => undefined);
      await until(isTaken, 'the answer', TRY_AGAIN_MS).catch(() => undefined);
    }
    if (!isTaken()) throw new Error(`waited in vain for the answer to ${cry}`);
  }

  private get record(): NightRecord {
    return {
      crying: this.crying,
      lines: this.witness.lines,
      kills: this.kills,
      pushed: new Map(
        this.phones.map(({ name, notifications, times }) => [
          name,
          notifications.map(notification => ({ ...notification, at: times.get(notification)! })),
        ]),
      ),
      states: this.states,
      brokerEvents: this.brokerEvents,
      hassEvents: this.hassEvents,
      notes: this.notes.notes.map(({ at, note: { time } }) => ({ at, time })),
      answers: this.answers,
      keptAnswers: this.rooms.flatMap(({ baby }) => keptAnswers(folderOf(this.userDir, baby))),
    };
  }

  /** Waits until all is back, and what is late has come. */
  private async calmDown(): Promise<void> {
    await Promise.all(VICTIMS.map(victim => this.turns[victim].take(() => Promise.resolve())));
    const isCalm = (): boolean => judge(this.record).wrong.length === 0 && this.lightsLeft().length === 0;
    // What does not come is a fault of the verdict.
    await until(isCalm, 'calm', CALM_MS).catch(() => undefined);
    await this.noteStates();
  }

  private lightsLeft(): string[] {
    const { state: night } = this.nightLight.state;
    const { state, brightness = 0, color_mode: mode, color_temp: temperature = 0 } = this.lamp.state;
    const isLampBack =
      state === LAMP.state &&
      mode === LAMP.color_mode &&
      Math.abs(brightness - LAMP.brightness) <= 1 &&
      Math.abs(temperature - LAMP.color_temp) <= 1;
    return [
      ...(night === 'OFF' ? [] : ['the night light was left on']),
      ...(isLampBack ? [] : [`the lamp was left as ${JSON.stringify(this.lamp.state)}`]),
    ];
  }

  private settingsChanged(): string[] {
    const changed = this.states.filter(
      ({ entityId, state }) =>
        entityId in CHOSEN && ![CHOSEN[entityId], 'unavailable', 'unknown'].includes(state),
    );
    return [
      ...changed.map(({ entityId, state }) => `${entityId} was ${state}`),
      ...(this.spare.viewers === 0 ? [] : ['the camera that was switched off was heard']),
    ];
  }
}

/** Of each cry, whether something is killed in it. */
function planVictims(random: Random, cries: number, kills: number): (Victim | undefined)[] {
  const victims = VICTIMS.flatMap(victim => Array.from({ length: kills }, (): Victim | undefined => victim));
  const plan = [...victims, ...Array.from({ length: Math.max(0, cries - victims.length) }, () => undefined)];
  // Fisher and Yates.
  for (let i = plan.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [plan[i], plan[j]] = [plan[j], plan[i]];
  }
  return plan;
}

/** Crying in a room, for as long as it takes. */
function loudSound(seed: number, quiet: Float32Array): Float32Array {
  const cry = synthesiseCry({ seed, durationS: LOUD_S });
  const sound = quiet.slice();
  for (let at = 0; at < sound.length; at += cry.length) addAt(sound, cry, at);
  return sound;
}

/** Taps a reason on the notification of a cry. @throws Error while the phone does not show its button */
async function tap(phone: Phone, cry: string, reason: Reason): Promise<void> {
  const tag = tagOf(cry);
  const actions = phone.screen.get(tag)?.data?.actions ?? [];
  const button = actions.find(({ action }) => readAction(action)?.ask === reason);
  if (button === undefined) throw new Error(`no button for ${reason}`);
  await phone.tap(button.action, tag);
}

/** The answers that people gave, as far as they are on disk. */
function answersInMemory(folder: string): { cry: string; reason: Reason }[] {
  const file = path.join(folder, 'memory.json');
  if (!existsSync(file)) return [];
  const { content } = JSON.parse(readFileSync(file, 'utf8')) as { content: BabyMemory };
  return content.cries.flatMap(({ id, answer }) =>
    answer?.from === 'caregiver' ? { cry: id, reason: answer.reason } : [],
  );
}

function keptAnswers(folder: string): NightRecord['keptAnswers'] {
  const { entries } = readEntries(entriesFile(path.join(folder, 'journal')));
  const inJournal = [...entries.values()].flatMap(entry =>
    entry.kind === 'cry' && entry.answer
      ? { where: 'journal', cry: entry.id, reason: entry.answer.reason }
      : [],
  );
  return [...answersInMemory(folder).map(answer => ({ where: 'memory', ...answer })), ...inJournal];
}
