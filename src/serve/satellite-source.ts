import { unheardHealth } from '../audio/live/live-feed.js';
import { readCryEvent } from '../door/cry-event.js';
import { endedCry, keptCry } from '../door/kept-cry.js';
import { readSourceHealth } from '../door/source-health.js';
import { dropOldest } from '../drop-oldest.js';
import { DeepInfantError, messageOf } from '../errors.js';
import { guard } from '../guard.js';
import { deviceTopics, type DeviceTopics } from '../hass/device/discovery.js';
import { heardBest } from '../hass/device/sources.js';
import { RunningCries } from '../hass/running-cries.js';
import { Troubles } from '../troubles.js';
import type { CryEvent, SourceHealth, SourceState, SourceTrouble } from '../values.js';
import { BrokerConnection } from './broker-connection.js';
import { type ClipMessage, readClipMessage } from './clip-message.js';
import type { MqttConfig, SourceConfig } from './config/schema.js';
import type { RunningSource } from './listened-source.js';

/** The broker sends what is retained at once: a satellite without it was never there. */
const KNOWN_WITHIN_MS = 5000;
/** Of cries whose events may come twice. */
const MOST_CRIES = 200;
/** Of a satellite's sources. */
const MOST_HEALTHS = 100;

export interface SatelliteOptions {
  name: string;
  satellite: Extract<SourceConfig, { type: 'satellite' }>;
  mqtt: MqttConfig;
  /** What the broker knows this service by. */
  serviceId: string;
  /** Whether to listen when it starts. */
  isWanted: () => boolean;
  cry: (event: CryEvent) => void;
  /** Gets the sound of a cry, as base64 of an MP3, and when that begins, epoch ms. */
  clip: (cry: string, mp3: string, from: number) => Promise<void>;
  health: (health: SourceHealth) => void;
  /** Gets what is wrong with its messages, once until it is mended. */
  report: (error: unknown) => void;
}

/** What another service hears, which publishes it over MQTT: docs/mqtt.md. */
export class SatelliteSource implements RunningSource {
  readonly hasSound = false;
  health: SourceHealth | undefined;
  private readonly topics: DeviceTopics;
  private readonly broker: BrokerConnection;
  private readonly troubles: Troubles;
  private isListening = false;
  private brokerError: string | undefined;
  /** What it published last of itself. */
  private node: string | undefined;
  private publisher: string | undefined;
  /** Of the satellite's sources, by their topics. */
  private readonly healths = new Map<string, SourceHealth>();
  private isMissing = false;
  private missing: NodeJS.Timeout | undefined;
  /** The last state of cries, by their ids. */
  private readonly states = new Map<string, CryEvent['state']>();
  /** The cries whose sound was asked for, by their ids. */
  private readonly asked = new Set<string>();
  private readonly running = new RunningCries(event => {
    this.end(event);
  });

  constructor(private readonly options: SatelliteOptions) {
    const { satellite, mqtt, serviceId, report } = options;
    this.topics = deviceTopics(satellite.id);
    this.troubles = new Troubles(report);
    this.broker = new BrokerConnection(
      // The broker keeps the events of a time when this service does not run.
      { ...mqtt, clientId: `deepinfant-${serviceId}-${satellite.id}` },
      {
        connected: () => {
          this.brokerError = undefined;
          this.isMissing = false;
          clearTimeout(this.missing);
          this.missing = setTimeout(
            guard(() => {
              this.isMissing = this.node === undefined;
              this.reportHealth();
            }),
            KNOWN_WITHIN_MS,
          );
          this.reportHealth();
        },
        failed: error => {
          this.brokerError = `The MQTT broker ${mqtt.url} cannot be reached: ${error}`;
          this.reportHealth();
        },
        message: (topic, payload) => {
          this.receive(topic, payload);
        },
      },
    );
  }

  async start(): Promise<void> {
    this.isListening = this.options.isWanted();
    const { cry, clip, node, service, healthOf } = this.topics;
    this.reportHealth();
    await this.broker.open([
      cry,
      node,
      service,
      healthOf('+'),
      ...(this.options.satellite.clips ? [clip] : []),
    ]);
  }

  async stop(): Promise<void> {
    clearTimeout(this.missing);
    await this.broker.close();
    this.isListening = false;
    this.endCries();
    this.reportHealth();
  }

  listen(isWanted: boolean): Promise<void> {
    this.isListening = isWanted;
    if (!isWanted) this.endCries();
    this.reportHealth();
    return Promise.resolve();
  }

  private endCries(): void {
    for (const event of this.running.all) this.end(event);
    this.running.clear();
  }

  private end(event: CryEvent): void {
    this.options.cry(endedCry(keptCry(event)));
  }

  private receive(topic: string, payload: string): void {
    try {
      if (topic === this.topics.node) this.node = payload;
      else if (topic === this.topics.service) this.publisher = payload;
      else if (topic === this.topics.cry) this.takeCry(readCryEvent(JSON.parse(payload)));
      else if (topic === this.topics.clip) this.takeClip(readClipMessage(payload));
      else this.takeHealth(topic, payload);
      this.troubles.mend(topic);
    } catch (error) {
      this.troubles.raise(
        topic,
        new DeepInfantError('satellite', `${topic}: ${messageOf(error)}`, { cause: error }),
      );
    }
    this.reportHealth();
  }

  /** @param payload '' where the satellite no longer has the source */
  private takeHealth(topic: string, payload: string): void {
    if (payload === '') {
      this.healths.delete(topic);
      return;
    }
    this.healths.set(topic, readSourceHealth(JSON.parse(payload)));
    dropOldest(this.healths, MOST_HEALTHS);
  }

  private takeCry(event: CryEvent): void {
    const before = this.states.get(event.id);
    const isKnown = event.state === 'started' ? before !== undefined : before === 'ended';
    if (isKnown || this.isSelf || !this.isListening) return;
    this.states.set(event.id, event.state);
    dropOldest(this.states, MOST_CRIES);
    const heard = { ...event, source: this.options.name };
    this.running.push(heard);
    this.options.cry(heard);
    if (event.state === 'ended' && this.options.satellite.clips) this.askForClip(event.id);
  }

  private askForClip(cry: string): void {
    this.asked.add(cry);
    const [oldest] = this.asked;
    if (this.asked.size > MOST_CRIES) this.asked.delete(oldest);
    this.broker.publish({ topic: this.topics.clipGet, payload: cry, retain: false });
  }

  /** Others may ask, too: theirs is ignored here. */
  private takeClip(message: ClipMessage): void {
    if (!this.asked.delete(message.id)) return;
    if ('error' in message) throw new Error(message.error);
    this.options.clip(message.id, message.mp3, message.from).catch(this.options.report);
  }

  /** Whether the topics are those of a device of this service: it would receive what it sends. */
  private get isSelf(): boolean {
    return this.publisher === this.options.serviceId;
  }

  private reportHealth(): void {
    const health = this.healthNow;
    const { since } = this.health?.state === health.state ? this.health : health;
    this.health = { ...health, since };
    this.options.health(this.health);
  }

  private get healthNow(): SourceHealth {
    const { name, satellite, mqtt } = this.options;
    const unheard = (
      state: SourceState,
      trouble?: SourceTrouble,
      code?: string,
      error?: string,
    ): SourceHealth => ({
      ...unheardHealth(name, state),
      ...(trouble && { trouble, error, code }),
    });
    if (!this.isListening) return unheard('stopped');
    if (this.brokerError !== undefined)
      return unheard('backoff', 'unreachable', 'broker-unreachable', this.brokerError);
    if (this.isSelf)
      return unheard(
        'failed',
        'bad-address',
        'own-device',
        `'${satellite.id}' is a device of this service itself. Give the satellite an 'id' of its own in its 'mqtt'.`,
      );
    if (this.node === 'offline')
      return unheard(
        'stalled',
        'disconnected',
        'satellite-gone',
        `The satellite '${satellite.id}' is gone. Check its power and its network.`,
      );
    if (this.isMissing)
      return unheard(
        'failed',
        'not-found',
        'no-such-satellite',
        `No satellite '${satellite.id}' was ever at ${mqtt.url}. Compare the 'id' in its 'mqtt'.`,
      );
    const best = this.node === undefined ? undefined : heardBest([...this.healths.values()]);
    return best ? { ...best, source: name } : unheard('starting');
  }
}
