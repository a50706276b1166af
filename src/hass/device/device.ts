import { guard } from '../../guard.js';
import { PRESETS } from '../../model/manifest.js';
import { type Answer, type CryEvent, REASONS, type SourceHealth } from '../../values.js';
import { RunningCries } from '../running-cries.js';
import { StateFile } from '../state-file.js';
import {
  checkCountedCries,
  countAt,
  criesAt,
  type CountedCries,
  joinCounts,
  NO_CRIES,
  withCry,
} from './cry-count.js';
import {
  type DeviceState,
  type DeviceTopics,
  deviceTopics,
  discoveryPayload,
  type EntityNamer,
  HASS_STATUS_TOPIC,
  type NightCry,
  REPUBLISH_MS,
} from './discovery.js';

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
  | { do: 'preset'; preset: (typeof PRESETS)[number] }
  | { do: 'listen'; isWanted: boolean };

export interface DeviceOptions {
  /** Tells the device from others, over restarts too. */
  id: string;
  name: string;
  /** Tells the connection to the broker from others: devices that share it go offline together. */
  bridgeId: string;
  nameOf: EntityNamer;
  /** Keeps the night's cries over a restart. */
  file: string;
  /** Sends a message, or drops it while the broker is away: after that, `publishAll` is called. */
  publish: (message: DeviceMessage) => void;
  /** Gets what goes wrong with the file. */
  report: (error: unknown) => void;
  /** Is called when `isCrying` may have changed. */
  changed: () => void;
}

/** A device of Home Assistant: what is heard becomes messages of its MQTT integration, and its messages become commands. */
export class Device {
  /** The topics that have to be passed to `receive`. */
  readonly subscriptions: readonly string[];
  private readonly topics: DeviceTopics;
  private readonly file: StateFile<CountedCries>;
  private counted = NO_CRIES;
  private republishing: NodeJS.Timeout | undefined;
  /** What was published last on each retained topic. */
  private readonly published = new Map<string, string>();
  private readonly cries = new RunningCries(() => {
    this.publishChanges();
  });
  /** The newest cry: answers are about it. */
  private lastCry: CryEvent | undefined;
  private health: SourceHealth | undefined;
  private isSourceOnline = true;
  /** The one to the newest cry that was given last. */
  private answer: Answer | undefined;
  private preset: DeviceState['preset'] = null;
  private isListening = true;

  constructor(private readonly options: DeviceOptions) {
    const { id, bridgeId, file, report } = options;
    this.topics = deviceTopics(id, bridgeId);
    const { answer, preset, listening } = this.topics;
    this.subscriptions = [HASS_STATUS_TOPIC, answer, preset, listening];
    this.file = new StateFile(
      { path: file, what: "the night's cries", version: 1, check: checkCountedCries },
      report,
    );
  }

  /** What the broker publishes when the connection breaks. */
  get will(): DeviceMessage {
    return { topic: this.topics.bridge, payload: 'offline', retain: true };
  }

  get isCrying(): boolean {
    return this.cries.newest !== undefined;
  }

  start(): void {
    // A cry may come before the start.
    this.counted = joinCounts(this.file.open() ?? NO_CRIES, this.counted);
    this.republishing = setInterval(
      guard(() => {
        this.published.delete(this.topics.state);
        this.publishChanges();
      }),
      REPUBLISH_MS,
    );
  }

  /**
   * Publishes at once that it is gone, and resolves when the file is on disk.
   * @param isRemoved whether Home Assistant is to remove the device
   */
  async stop(isRemoved: boolean): Promise<void> {
    clearInterval(this.republishing);
    this.cries.clear();
    const { discovery, state, source, node } = this.topics;
    const messages = isRemoved
      ? [discovery, state, source, node].map(topic => [topic, ''])
      : [[node, 'offline']];
    for (const [topic, payload] of messages) this.options.publish({ topic, payload, retain: true });
    await this.file.save(() => this.counted);
    await this.file.close();
  }

  pushCry(event: CryEvent): void {
    this.cries.push(event);
    if (event.id !== this.lastCry?.id) this.answer = undefined;
    this.lastCry = event;
    this.counted = withCry(this.counted, event);
    if (event.state !== 'ongoing') {
      this.options.publish({ topic: this.topics.event, payload: eventPayload(event), retain: false });
      void this.file.save(() => this.counted);
    }
    this.publishChanges();
  }

  pushHealth(health: SourceHealth): void {
    this.health = health;
    const { state } = health;
    this.isListening = state !== 'stopped';
    // While it is opened again it is as it was.
    if (state !== 'starting') this.isSourceOnline = state === 'running' || state === 'silent';
    this.publishChanges();
  }

  /** Shows what a cry was, if it is the newest one; the answer given last counts. */
  pushAnswer(answer: Answer): void {
    if (answer.cry !== this.lastCry?.id || (this.answer && this.answer.at > answer.at)) return;
    this.answer = answer;
    this.publishChanges();
  }

  /** Takes a message of the broker, and gives what it asks for. Unknown messages are ignored. */
  receive(topic: string, payload: string): DeviceCommand | undefined {
    const command = this.commandOf(topic, payload);
    this.publishChanges();
    return command;
  }

  /** Publishes everything again, as after a connection or a start of Home Assistant. */
  publishAll(): void {
    const { id, name, nameOf } = this.options;
    const { topics } = this;
    this.published.clear();
    this.publish(topics.discovery, JSON.stringify(discoveryPayload({ id, name }, topics, nameOf)));
    this.publish(topics.bridge, 'online');
    this.publish(topics.node, 'online');
    this.publishChanges();
  }

  private commandOf(topic: string, payload: string): DeviceCommand | undefined {
    const { topics } = this;
    switch (topic) {
      case HASS_STATUS_TOPIC:
        if (payload === 'online') this.publishAll();
        return undefined;
      case topics.answer: {
        const reason = REASONS.find(known => known === payload);
        if (reason === undefined) return undefined;
        if (this.lastCry) this.answer = { cry: this.lastCry.id, reason, at: Date.now() };
        return { do: 'answer', answer: this.answer };
      }
      case topics.preset: {
        const preset = PRESETS.find(known => known === payload);
        if (preset === undefined) return undefined;
        this.preset = preset;
        return { do: 'preset', preset };
      }
      case topics.listening:
        if (payload !== 'ON' && payload !== 'OFF') return undefined;
        this.isListening = payload === 'ON';
        return { do: 'listen', isWanted: this.isListening };
      default:
        return undefined;
    }
  }

  private publishChanges(): void {
    this.publish(this.topics.source, this.isSourceOnline ? 'online' : 'offline');
    this.publish(this.topics.state, JSON.stringify(this.state));
    this.options.changed();
  }

  private publish(topic: string, payload: string): void {
    if (this.published.get(topic) === payload) return;
    this.published.set(topic, payload);
    this.options.publish({ topic, payload, retain: true });
  }

  private get criesTonight(): NightCry[] {
    return criesAt(this.counted, Date.now())
      .filter(({ id }) => !this.cries.has(id))
      .map(({ onset, durationS, intensity }) => ({
        at: new Date(onset).toISOString(),
        duration_s: Math.round(10 * durationS) / 10,
        ...(intensity && { intensity }),
      }));
  }

  private get state(): DeviceState {
    const { lastCry, health, counted } = this;
    const { cries, cryingS } = countAt(counted, Date.now());
    const { reason } = lastCry ?? {};
    return {
      crying: this.isCrying ? 'ON' : 'OFF',
      reason: reason?.label ?? null,
      confidence: percent(reason?.confidence),
      contributions: reason?.contributions ?? [],
      intensity: lastCry?.intensity ?? null,
      lastCry: counted.lastOnset === null ? null : new Date(counted.lastOnset).toISOString(),
      criesTonight: cries,
      minutesTonight: Math.round(cryingS / 60),
      tonight: this.criesTonight,
      health: health?.state ?? null,
      error: health?.error ?? null,
      accuracy: percent(reason?.accuracy),
      baselineAccuracy: percent(reason?.baselineAccuracy),
      learnedFrom: reason?.learnedFrom ?? 0,
      answer: this.answer?.reason ?? null,
      answeredBy: this.answer?.by ?? null,
      answeredAt: this.answer ? new Date(this.answer.at).toISOString() : null,
      preset: this.preset,
      listening: this.isListening ? 'ON' : 'OFF',
    };
  }
}

function eventPayload({ state, id, durationS, intensity, reason }: CryEvent): string {
  return JSON.stringify({
    event_type: state,
    cry: id,
    duration_s: Math.round(durationS),
    intensity,
    reason: reason?.label ?? null,
    confidence: percent(reason?.confidence),
  });
}

function percent(share: number | null | undefined): number | null {
  return share == null ? null : Math.round(100 * share);
}
