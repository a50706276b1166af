import { type FactCommand, readFactCommand } from '../../baby/commands.js';
import { type KeptCry, keptCry } from '../../door/kept-cry.js';
import type { Playback } from '../../door/playback.js';
import { guard } from '../../guard.js';
import { PRESETS, type Preset } from '../../model/manifest.js';
import { nightAt } from '../../night.js';
import { type Answer, type CryEvent, isHeard, REASONS, type SourceHealth } from '../../values.js';
import { RunningCries } from '../running-cries.js';
import { StateFile } from '../../files/state-file.js';
import { countAt, criesAt, lastOnsetAt, withCry } from './cry-count.js';
import {
  type Accuracy,
  bound,
  checkDeviceMemory,
  DEVICE_MEMORY_VERSION,
  type DeviceMemory,
  emptyMemory,
  MOST_EVENTS,
  type SentEvent,
} from './device-memory.js';
import {
  deviceComponents,
  type DeviceState,
  type DeviceTopics,
  deviceTopics,
  discoveryPayload,
  type EntityNamer,
  type NightCry,
  REMEMBERED_EVENTS,
  REPUBLISH_MS,
} from './discovery.js';
import { DeviceSources } from './sources.js';

/** Events that Home Assistant may have missed are kept for so long after a connection: then it was there. */
const UNSURE_MS = 600_000;
/** What was sent within so long before a connection broke may not have arrived. */
const IN_FLIGHT_MS = 5000;
/** Home Assistant may get what is sent within so long before its birth message: by then it may have subscribed. */
const SUBSCRIBED_MS = 5000;
/** Home Assistant is back at a broker within so long, and may be killed before it has sent its birth message. */
const BACK_MS = 60_000;
/** A source that is heard again in a cry is shown as heard after so long at most: whether the cry went on is known sooner. */
const RETURN_MS = 1000;
/** How soon after its birth message Home Assistant has made entities that it did not know. */
const ENTITIES_MADE_MS = 3000;
/** One that has sent no birth message for so long sends none. */
const LONGEST_AWAY_MS = 600_000;
/** All sources report within this time of their start. */
const SOURCES_REPORT_MS = 60_000;

/** An earlier run that ends has sent its last messages within this time. */
const COME_BACK_MS = 3000;

/** A message for the broker. */
export interface DeviceMessage {
  topic: string;
  payload: string;
  retain: boolean;
}

/** What somebody asks for in Home Assistant. */
export type DeviceCommand =
  /** Says what the newest cry was; undefined as long as there was none. MQTT does not say who. */
  | { do: 'answer'; answer: Answer | undefined }
  /** Says whose the newest cry was. */
  | { do: 'baby'; told: { cry: string; baby: string; at: number } | undefined }
  /** Reports what happened, or takes it back. */
  | { do: 'fact'; command: FactCommand }
  | { do: 'preset'; preset: Preset }
  | { do: 'listen'; isWanted: boolean };

export interface DeviceOptions {
  /** Names it in topics and in Home Assistant's registry, over restarts too: see `claimDevice`. */
  id: string;
  name: string;
  /** The node that it belongs to. */
  node: string;
  /** The broker node, and its address. */
  broker: string;
  url: string;
  /** Home Assistant's discovery prefix, unless it is not to find the device; and the topic of its birth message. */
  prefix: string | undefined;
  birthTopic: string;
  /** What runs it: Node-RED, or the service. */
  model: string;
  version: string;
  configurationUrl: string;
  nameOf: EntityNamer;
  /** Keeps what is to outlive a run. */
  file: string;
  /** The sensitivity that the detector is set to. */
  preset: Preset;
  /** Sends a message, or drops it while the broker is away. @returns whether it was sent */
  publish: (message: DeviceMessage) => boolean;
  /** Gets what goes wrong with the file, and what was sent and is not a fact. */
  report: (error: unknown) => void;
  /** Is called when `isCrying` may have changed. */
  changed: () => void;
}

/** An earlier place of the device, where what is retained has to be removed. */
export interface FormerPlace {
  broker: string;
  url: string;
  messages: DeviceMessage[];
}

/** A device of Home Assistant: what is heard becomes messages of its MQTT integration, and its messages become commands. */
export class Device {
  /** The topics that have to be passed to `receive`. */
  readonly subscriptions: readonly string[];
  private readonly topics: DeviceTopics;
  private readonly file: StateFile<DeviceMemory>;
  private memory: DeviceMemory;
  private sources = new DeviceSources();
  /** What sources reported that are heard again, in the middle of a cry. */
  private readonly returning = new Map<string, { health: SourceHealth; timer: NodeJS.Timeout }>();
  private republishing: NodeJS.Timeout | undefined;
  private settling: NodeJS.Timeout | undefined;
  private comingBack: NodeJS.Timeout | undefined;
  private isStopped = false;
  /** What was published last on each retained topic. */
  private readonly published = new Map<string, string>();
  private readonly cries = new RunningCries(event => {
    this.end(event);
    this.publishChanges();
  });
  /** Settles when the events that wait for the disk are on it. */
  private keeping: Promise<void> | undefined;
  /** What was played last in this run. */
  private playback: Playback | undefined;
  /** Whether Home Assistant gets what is sent now; by its birth message and its will. */
  private hass: 'unknown' | 'there' | 'away' = 'unknown';
  private waiting: NodeJS.Timeout | undefined;
  /** The newest ones of the events that were sent. */
  private newest: SentEvent[] = [];
  /** Epoch ms. */
  private connectedAt = 0;
  private sentAt = 0;
  /** The number of the newest event. */
  private eventNumber = 0;
  /** When it started, and when Home Assistant asked last whether to listen, epoch ms. */
  private startedAt = 0;
  private listeningAt = 0;
  /** The source that was heard last where there are several babies. */
  private sharedSource: string | undefined;
  private preset: Preset;

  constructor(private readonly options: DeviceOptions) {
    const { id, node, prefix, birthTopic, file, preset, report } = options;
    this.preset = preset;
    this.topics = deviceTopics(id, prefix);
    this.memory = emptyMemory(node);
    const { topics } = this;
    this.subscriptions = [
      birthTopic,
      topics.node,
      topics.answer,
      topics.fact,
      topics.baby,
      topics.preset,
      topics.listening,
    ];
    this.file = new StateFile(
      {
        path: file,
        what: 'the state of the device',
        version: DEVICE_MEMORY_VERSION,
        check: checkDeviceMemory,
      },
      report,
    );
  }

  /** What the broker publishes when the connection breaks. */
  get will(): DeviceMessage {
    return { topic: this.topics.node, payload: 'offline', retain: true };
  }

  get isCrying(): boolean {
    return this.cries.newest !== undefined;
  }

  /** @returns what was asked for in Home Assistant and still holds: it has to be in force before anything is heard */
  start(): DeviceCommand[] {
    const { node, name } = this.options;
    const known = this.file.open() ?? emptyMemory(node);
    this.memory = { ...known, node, firstName: known.firstName || name };
    this.sources = new DeviceSources(this.memory.sources);
    this.dropOverruledPreset();
    if (this.memory.last?.who) this.sharedSource = this.memory.last.source;
    this.startedAt = this.listeningAt = Date.now();
    // Their ends were never heard: the run before was killed.
    for (const cry of this.memory.running) this.end(cry);
    void this.save();
    this.republishing = setInterval(
      guard(() => {
        this.published.delete(this.topics.state);
        this.publishChanges();
      }),
      REPUBLISH_MS,
    );
    this.settling = setTimeout(
      guard(() => {
        this.sources.giveUpSilent();
        this.publishChanges();
      }),
      SOURCES_REPORT_MS,
    );
    return this.chosen;
  }

  /**
   * Sources or detectors were set up anew.
   * @param preset the sensitivity that the detector is set to now
   * @returns what was asked for in Home Assistant and still holds
   */
  setUp(preset: Preset): DeviceCommand[] {
    this.preset = preset;
    this.dropOverruledPreset();
    void this.save();
    this.publishChanges();
    return this.chosen;
  }

  /**
   * Publishes that cries are over and then that it is gone, and resolves when the file is on disk.
   * @param isRemoved whether Home Assistant is to remove the device
   */
  async stop(isRemoved: boolean): Promise<void> {
    this.isStopped = true;
    clearInterval(this.republishing);
    clearTimeout(this.waiting);
    clearTimeout(this.settling);
    clearTimeout(this.comingBack);
    for (const { timer } of this.returning.values()) clearTimeout(timer);
    for (const cry of this.cries.all) this.end(cry);
    this.cries.clear();
    await this.keeping;
    if (isRemoved) {
      for (const message of this.removal) this.options.publish(message);
      this.memory.announced = null;
    } else {
      this.publishChanges();
      this.publish(this.topics.node, 'offline');
    }
    // A source that reported nothing in all that time was removed.
    if (Date.now() - this.startedAt > SOURCES_REPORT_MS) this.memory.sources = this.sources.names;
    await this.save();
    await this.file.close();
  }

  pushCry(event: CryEvent): void {
    const { memory } = this;
    const isNew = event.state !== 'ended' && !this.cries.has(event.id);
    this.cries.push(event);
    this.showCry(event);
    memory.counted = withCry(memory.counted, event);
    const who = Object.keys(event.who?.probabilities ?? {});
    // A detector does not know who may cry, and another source may be in a room of its own.
    const isAlone = !event.who && event.reason !== undefined && this.sharedSource === event.source;
    if (event.who) this.sharedSource = event.source;
    else if (isAlone) this.sharedSource = undefined;
    if (who.length > 1 ? who.join() !== memory.babies.join() : isAlone) {
      memory.babies = who;
      this.announce();
    }
    // A cry that was given up, since its source was lost, may go on.
    if (isNew) this.begin(event);
    else if (event.state === 'ended') this.end(event);
    else this.keepRunning();
    this.takeReturned(event.source);
    void this.save();
    this.publishChanges();
  }

  pushHealth(health: SourceHealth): void {
    const { source } = health;
    this.dropReturned(source);
    const isCrying = this.cries.all.some(cry => cry.source === source);
    if (!isCrying || !this.sources.isReturning(health)) {
      this.takeHealth(health);
      return;
    }
    const take = guard(() => {
      this.takeReturned(source);
    });
    this.returning.set(source, { health, timer: setTimeout(take, RETURN_MS) });
  }

  private takeReturned(source: string): void {
    const health = this.dropReturned(source);
    if (health) this.takeHealth(health);
  }

  /** @returns what the source reported, if that is not shown yet */
  private dropReturned(source: string): SourceHealth | undefined {
    const returned = this.returning.get(source);
    clearTimeout(returned?.timer);
    this.returning.delete(source);
    return returned?.health;
  }

  private takeHealth(health: SourceHealth): void {
    const isNew = this.sources.push(health);
    if (isNew) {
      this.memory.sources = this.sources.all.map(({ name }) => name);
      void this.save();
      if (this.sources.all.length > 1) this.announce();
    }
    // Somebody else made it listen again.
    if (isHeard(health.state) && !this.memory.isListening && health.since > this.listeningAt) {
      this.memory.isListening = true;
      void this.save();
    }
    this.publishChanges();
  }

  /** Shows that a recording or the demo is played: as long as no microphone or camera reports anything, nobody listens. */
  pushPlayback(playback: Playback): void {
    this.playback = playback;
    this.publishChanges();
  }

  /** Shows what a cry was, if it is the newest one; the answer given last counts. And how right the reasons were. */
  pushAnswer(answer: Answer, accuracy?: Accuracy): void {
    const { memory } = this;
    if (accuracy) memory.accuracy = accuracy;
    if (answer.cry === memory.last?.id && !(memory.answer && memory.answer.at > answer.at)) {
      const { by = memory.answer?.reason === answer.reason ? memory.answer.by : undefined } = answer;
      memory.answer = { cry: answer.cry, reason: answer.reason, at: answer.at, ...(by && { by }) };
    }
    void this.save();
    this.publishChanges();
  }

  /** Shows whose the newest cry was, as somebody said. */
  pushBaby({ cry, baby }: { cry: string; baby: string }): void {
    if (cry !== this.memory.last?.id) return;
    this.memory.baby = baby;
    void this.save();
    this.publishChanges();
  }

  /** An answer was not taken, or was withdrawn: it is not shown any more. */
  withdrawAnswer(cry: string | undefined): void {
    if (cry !== this.memory.last?.id) return;
    this.memory.answer = null;
    this.memory.baby = null;
    void this.save();
    this.publishChanges();
  }

  /**
   * Takes a message of the broker, and gives what it asks for. Unknown messages are ignored.
   * @param isRetained whether the broker had kept it: what somebody asked for once is then not asked for again
   */
  receive(topic: string, payload: string, isRetained = false): DeviceCommand | undefined {
    // It would come again with each connection; and a birth message does not say that Home Assistant is there now.
    if (isRetained) return undefined;
    if (topic === this.topics.node) {
      if (payload === 'offline' && !this.isStopped) this.comeBack();
      return undefined;
    }
    const command = this.commandOf(topic, payload);
    // What Home Assistant shows as chosen is on disk.
    if (command)
      void this.save().then(() => {
        this.publishChanges();
      });
    return command;
  }

  /** Publishes everything again, after a connection. */
  publishAll(): void {
    clearTimeout(this.waiting);
    // The broker may break down again before Home Assistant is back at it: what it missed then it still misses.
    if (this.hass !== 'unknown')
      this.memory.unsure = this.newest.filter(({ at }) => at > this.sentAt - IN_FLIGHT_MS);
    this.hass = 'unknown';
    this.connectedAt = Date.now();
    this.publishDevice();
    // Home Assistant may have been back before, and its birth message came to nobody. It may also come back later.
    for (const { payload } of this.missedEvents.slice(-REMEMBERED_EVENTS)) this.sendOnce(payload);
    this.sendWaiting();
  }

  /** Where the device was announced before, if that was elsewhere on the same broker, or on another one. */
  get former(): FormerPlace | undefined {
    const { announced } = this.memory;
    const { id, url, prefix } = this.options;
    if (announced === null || (announced.prefix === prefix && announced.url === url)) return undefined;
    const topics = deviceTopics(id, announced.prefix);
    const moved = announced.url === url ? [topics.discovery] : this.retainedTopics(topics);
    return {
      broker: announced.broker,
      url: announced.url,
      messages: moved.map(topic => ({ topic, payload: '', retain: true })),
    };
  }

  private commandOf(topic: string, payload: string): DeviceCommand | undefined {
    const { topics, memory } = this;
    const at = Date.now();
    switch (topic) {
      case this.options.birthTopic:
        if (payload === 'online') this.welcome();
        else if (payload === 'offline') this.holdEvents();
        return undefined;
      case topics.answer: {
        const reason = REASONS.find(known => known === payload);
        if (reason === undefined) return undefined;
        if (memory.last === null) return { do: 'answer', answer: undefined };
        memory.answer = { cry: memory.last.id, reason, at };
        return { do: 'answer', answer: memory.answer };
      }
      case topics.baby: {
        if (!memory.babies.includes(payload)) return undefined;
        if (memory.last === null) return { do: 'baby', told: undefined };
        memory.baby = payload;
        return { do: 'baby', told: { cry: memory.last.id, baby: payload, at } };
      }
      case topics.fact:
        try {
          return { do: 'fact', command: readFactCommand(payload, at) };
        } catch (error) {
          this.options.report(error);
          return undefined;
        }
      case topics.preset: {
        const preset = PRESETS.find(known => known === payload);
        if (preset === undefined) return undefined;
        memory.preset = { chosen: preset, over: this.preset };
        return { do: 'preset', preset };
      }
      case topics.listening:
        if (payload !== 'ON' && payload !== 'OFF') return undefined;
        memory.isListening = payload === 'ON';
        this.listeningAt = at;
        return { do: 'listen', isWanted: memory.isListening };
      default:
        return undefined;
    }
  }

  /** An earlier run, or another device of this id, is gone, which says that this one is. The broker may notice that late. */
  private comeBack(): void {
    clearTimeout(this.comingBack);
    this.comingBack = setTimeout(
      guard(() => {
        this.publishDevice();
      }),
      COME_BACK_MS,
    );
  }

  /** Publishes everything but events: what is, before that it is there. */
  private publishDevice(): void {
    this.published.clear();
    this.announce();
    this.publishChanges();
    this.publish(this.topics.node, 'online');
  }

  /** Home Assistant has started, or is back at the broker: it gets what it missed, once it has its entities. */
  private welcome(): void {
    const { memory } = this;
    memory.events.unshift(...this.missedEvents.map(({ payload }) => payload));
    memory.unsure = [];
    this.publishDevice();
    this.hold(ENTITIES_MADE_MS, 'there');
  }

  /**
   * What Home Assistant may have missed if it came back just now. It may have got the newest ones, and its entity drops what it
   * got before. Where that may be the end of a cry, its beginning would come too late.
   */
  private get missedEvents(): SentEvent[] {
    const { unsure } = this.memory;
    const now = Date.now();
    const isNewest = ({ at }: SentEvent): boolean => at >= now - SUBSCRIBED_MS;
    const newest = new Set(unsure.filter(isNewest).map(({ cry }) => cry));
    return unsure.filter(event => event.at > now - UNSURE_MS && (isNewest(event) || !newest.has(event.cry)));
  }

  /**
   * Home Assistant is away, and got all that was sent until now, if it was there. Events wait for it: nobody would tell it
   * later.
   */
  private holdEvents(): void {
    const { memory } = this;
    const since = this.hass === 'unknown' ? Date.now() - BACK_MS : Infinity;
    memory.unsure = memory.unsure.filter(({ at }) => at > since);
    this.newest = [];
    this.hold(LONGEST_AWAY_MS, 'unknown');
  }

  /** Keeps events for so long. */
  private hold(forMs: number, after: 'unknown' | 'there'): void {
    clearTimeout(this.waiting);
    this.hass = 'away';
    this.waiting = setTimeout(
      guard(() => {
        this.hass = after;
        this.sendWaiting();
      }),
      forMs,
    );
  }

  private get chosen(): DeviceCommand[] {
    const preset = this.chosenPreset;
    return [
      ...(preset === undefined ? [] : [{ do: 'preset', preset } as const]),
      ...(this.memory.isListening ? [] : [{ do: 'listen', isWanted: false } as const]),
    ];
  }

  private get chosenPreset(): Preset | undefined {
    return this.memory.preset?.chosen;
  }

  /** What was chosen in Home Assistant holds until the detector is set up otherwise, also if that is taken back later. */
  private dropOverruledPreset(): void {
    if (this.memory.preset?.over !== this.preset) this.memory.preset = null;
  }

  /** The beginning of a cry is sent only once it is on disk, so that its end is sent whatever happens. */
  private begin(event: CryEvent): void {
    const { memory } = this;
    memory.ended = memory.ended.filter(id => id !== event.id);
    this.keepRunning();
    this.addEvent('started', event);
    const keeping: Promise<void> = Promise.all([this.keeping, this.save()]).then(() => {
      if (this.keeping !== keeping) return;
      this.keeping = undefined;
      this.sendWaiting();
    });
    this.keeping = keeping;
  }

  private end(cry: CryEvent | KeptCry): void {
    const { memory } = this;
    this.keepRunning(cry.id);
    if (memory.ended.includes(cry.id)) return;
    memory.ended.push(cry.id);
    this.addEvent('ended', cry);
    this.sendWaiting();
  }

  /** Keeps an event until it is sent. */
  private addEvent(type: 'started' | 'ended', cry: CryEvent | KeptCry): void {
    const { events } = this.memory;
    events.push(this.eventPayload(type, cry));
    if (events.length > MOST_EVENTS) events.shift();
  }

  /** @param over the id of a cry that does not go on any more */
  private keepRunning(over?: string): void {
    this.memory.running = this.cries.all.filter(({ id }) => id !== over).map(keptCry);
  }

  /** The newest cry is shown; not an older one of another source that ends. */
  private showCry(event: CryEvent): void {
    const { memory } = this;
    const { last } = memory;
    const isOlder =
      last !== null && last.id !== event.id && event.onset < last.onset && this.cries.has(last.id);
    if (isOlder) return;
    if (event.id !== last?.id) {
      memory.answer = null;
      memory.baby = null;
    }
    memory.last = keptCry(event);
    if (event.reason) {
      const { accuracy, baselineAccuracy, learnedFrom } = event.reason;
      memory.accuracy = { accuracy, baselineAccuracy, answers: learnedFrom };
    }
  }

  /** Tells Home Assistant which entities there are. */
  private announce(): void {
    const { id, name, nameOf, model, version, configurationUrl, broker, url, prefix } = this.options;
    const { topics, memory } = this;
    if (prefix === undefined) {
      memory.announced = null;
      return;
    }
    const device = {
      id,
      name,
      firstName: memory.firstName,
      sources: this.sources.all,
      babies: memory.babies,
      model,
      version,
      configurationUrl,
    };
    const components = deviceComponents(device, topics, nameOf);
    const before = Object.entries(memory.announced?.components ?? {});
    const removed = Object.fromEntries(before.filter(([key]) => !(key in components)));
    if (!this.publish(topics.discovery, JSON.stringify(discoveryPayload(device, components, removed))))
      return;
    const platforms = Object.entries(components).map(([key, { platform }]) => [key, platform] as const);
    memory.announced = { broker, url, prefix, components: Object.fromEntries(platforms) };
  }

  /** What its entity shows. The number tells events apart, also over restarts: one that is sent again keeps it. */
  private eventPayload(type: 'started' | 'ended', cry: CryEvent | KeptCry): string {
    const { id, source, onset, durationS, intensity, reason, who } = cry;
    this.eventNumber = Math.max(Date.now(), this.eventNumber + 1);
    return JSON.stringify({
      event_type: type,
      cry: id,
      source,
      onset: new Date(onset).toISOString(),
      duration_s: Math.round(durationS),
      intensity,
      reason: reason?.label ?? null,
      confidence: percent(reason?.confidence),
      who: who?.label ?? null,
      number: this.eventNumber,
    });
  }

  /** Sends events once they are on disk, there is a connection, and Home Assistant is there. */
  private sendWaiting(): void {
    const { events } = this.memory;
    const mayGo = this.keeping === undefined && this.hass !== 'away';
    while (mayGo && events.length > 0 && this.publishEvent(events[0])) events.shift();
    void this.save();
  }

  private publishEvent(payload: string): boolean {
    if (!this.sendOnce(payload)) return false;
    const at = Date.now();
    const { cry } = JSON.parse(payload) as { cry: string };
    const sent = { cry, payload, at };
    const withIt = (events: readonly SentEvent[]): SentEvent[] => [...events, sent].slice(-MOST_EVENTS);
    this.newest = withIt(this.newest.filter(other => other.at > at - IN_FLIGHT_MS));
    if (this.hass === 'unknown' && at - this.connectedAt < UNSURE_MS)
      this.memory.unsure = withIt(this.memory.unsure);
    return true;
  }

  /** Sends an event, without keeping it. @returns whether it was sent */
  private sendOnce(payload: string): boolean {
    return this.send({ topic: this.topics.event, payload, retain: false });
  }

  private publishChanges(): void {
    const { topics, sources } = this;
    this.publish(topics.state, JSON.stringify(this.state));
    if (sources.all.length > 1)
      for (const { key, isOnline } of sources.all)
        this.publish(topics.sourceOf(key), isOnline ? 'online' : 'offline');
    this.publish(topics.source, sources.isOnline ? 'online' : 'offline');
    guard(this.options.changed)();
  }

  /** @returns whether it was news and was sent */
  private publish(topic: string, payload: string): boolean {
    if (this.published.get(topic) === payload) return false;
    this.published.set(topic, payload);
    return this.send({ topic, payload, retain: true });
  }

  /** @returns whether it was sent */
  private send(message: DeviceMessage): boolean {
    const isSent = this.options.publish(message);
    if (isSent) this.sentAt = Date.now();
    return isSent;
  }

  private get removal(): DeviceMessage[] {
    return this.retainedTopics(this.topics).map(topic => ({ topic, payload: '', retain: true }));
  }

  private retainedTopics(topics: DeviceTopics): string[] {
    const ofSources = this.sources.all.map(({ key }) => topics.sourceOf(key));
    return [topics.discovery, topics.state, topics.source, topics.node, ...ofSources];
  }

  /** Resolves when it is on disk, or has failed. */
  private save(): Promise<void> {
    return this.file.save(() => bound(this.memory));
  }

  private get criesTonight(): NightCry[] {
    return criesAt(this.memory.counted, Date.now())
      .filter(({ id }) => !this.cries.has(id))
      .map(({ onset, durationS, intensity }) => ({
        at: new Date(onset).toISOString(),
        duration_s: Math.round(10 * durationS) / 10,
        ...(intensity && { intensity }),
      }));
  }

  private get state(): DeviceState {
    const { memory, sources } = this;
    const { last, counted, answer, accuracy } = memory;
    const now = Date.now();
    const { cries, cryingS } = countAt(counted, now);
    const lastOnset = lastOnsetAt(counted, now);
    const { reason, who } = last ?? {};
    const overall = sources.overall;
    return {
      crying: this.isCrying ? 'ON' : 'OFF',
      reason: reason?.label ?? null,
      confidence: percent(reason?.confidence),
      contributions: reason?.contributions ?? [],
      intensity: last?.intensity ?? null,
      lastCry: lastOnset === null ? null : new Date(lastOnset).toISOString(),
      criesTonight: cries,
      minutesTonight: Math.round(cryingS / 60),
      tonight: this.criesTonight,
      nightFrom: new Date(nightAt(now).from).toISOString(),
      health: overall?.state ?? null,
      error: overall?.error ?? null,
      playback: overall ? null : this.playbackView,
      sources: this.sourceViews,
      who: who?.label ?? null,
      whoProbabilities: who?.probabilities ?? null,
      baby: memory.baby,
      accuracy: percent(accuracy?.accuracy),
      baselineAccuracy: percent(accuracy?.baselineAccuracy),
      learnedFrom: accuracy?.answers ?? 0,
      answer: answer?.reason ?? null,
      answeredBy: answer?.by ?? null,
      answeredAt: answer ? new Date(answer.at).toISOString() : null,
      preset: this.chosenPreset ?? this.preset,
      listening: memory.isListening && !sources.areStopped ? 'ON' : 'OFF',
    };
  }

  private get playbackView(): DeviceState['playback'] {
    if (this.playback === undefined) return null;
    const { source, state } = this.playback;
    return { source, isOver: state === 'ended' || state === 'failed' };
  }

  private get sourceViews(): DeviceState['sources'] {
    const crying = this.cries.all.map(({ source }) => source);
    const views = this.sources.all.map(({ key, name, health }) => [
      key,
      {
        name,
        crying: crying.includes(name) ? 'ON' : 'OFF',
        health: health?.state ?? null,
        error: health?.error ?? null,
      } as const,
    ]);
    return Object.fromEntries(views) as DeviceState['sources'];
  }
}

function percent(share: number | null | undefined): number | null {
  return share == null ? null : Math.round(100 * share);
}
