import { connectAsync, type MqttClient } from 'mqtt';
import {
  deviceComponents,
  type DeviceState,
  deviceTopics,
  discoveryPayload,
} from '../../src/hass/device/discovery.js';
import { REASONS } from '../../src/values.js';
import type { Mosquitto } from '../home-assistant/mosquitto.js';

/** As it is when nothing was heard yet. */
const STATE: DeviceState = {
  crying: 'OFF',
  reason: null,
  confidence: null,
  contributions: [],
  intensity: null,
  lastCry: null,
  criesTonight: 0,
  minutesTonight: 0,
  tonight: [],
  nightFrom: '2026-11-29T18:00:00.000Z',
  health: 'running',
  error: null,
  playback: null,
  sources: {},
  who: null,
  whoProbabilities: null,
  baby: null,
  accuracy: null,
  baselineAccuracy: null,
  learnedFrom: 0,
  answer: null,
  answeredBy: null,
  answeredAt: null,
  preset: 'balanced',
  listening: 'ON',
};

/** Of a device with one source and one baby. */
export const DEVICE = {
  sources: [],
  babies: [],
  version: '0.1.0',
  model: 'Node-RED',
  configurationUrl: 'http://127.0.0.1:1880/',
};

/** What Home Assistant hears of the node `deepinfant-entities`, over a real broker and told by hand. */
export class BabyDevice {
  readonly topics;
  /** What Home Assistant asked for, as `topic payload`, oldest first. */
  readonly asked: string[] = [];
  /** Whether it does what it is asked for, as Node-RED does while it runs. */
  isObedient = true;
  private state = STATE;

  private constructor(
    private readonly client: MqttClient,
    id: string,
  ) {
    this.topics = deviceTopics(id);
    client.on('message', (topic, payload) => {
      void this.hear(topic, payload.toString());
    });
  }

  /** Makes the device, of which nothing is told yet. @param id of the node @param version of the package */
  static async create(broker: Mosquitto, id: string, name: string, version?: string): Promise<BabyDevice> {
    const client = await connectAsync(broker.url);
    const device = new BabyDevice(client, id);
    const { topics } = device;
    await client.subscribeAsync([topics.answer, topics.listening]);
    const description = { ...DEVICE, id, name, firstName: name, ...(version && { version }) };
    const discovery = discoveryPayload(
      description,
      deviceComponents(description, topics, key => key),
    );
    await device.publish(topics.discovery, JSON.stringify(discovery));
    await device.setAvailable({ node: true, source: true });
    return device;
  }

  /** Changes what it tells of itself. */
  async tell(change: Partial<DeviceState>): Promise<void> {
    this.state = { ...this.state, ...change };
    await this.publish(this.topics.state, JSON.stringify(this.state));
  }

  /** Tells anew of a device about which nothing is known. */
  async reset(): Promise<void> {
    this.isObedient = true;
    await this.setAvailable({ node: true, source: true });
    await this.tell(STATE);
  }

  async setAvailable(parts: Partial<Record<'node' | 'source', boolean>>): Promise<void> {
    for (const [part, isAvailable] of Object.entries(parts))
      await this.publish(this.topics[part as keyof typeof parts], isAvailable ? 'online' : 'offline');
  }

  /** Tells of a cry that ended. @param cry its id */
  async tellCryEnded(cry: string, durationS: number): Promise<void> {
    const event = { event_type: 'ended', cry, duration_s: durationS };
    await this.client.publishAsync(this.topics.event, JSON.stringify(event), { qos: 1 });
  }

  async disconnect(): Promise<void> {
    // The broker may be gone.
    await this.client.endAsync(true);
  }

  private publish(topic: string, payload: string): Promise<unknown> {
    return this.client.publishAsync(topic, payload, { qos: 1, retain: true });
  }

  private async hear(topic: string, payload: string): Promise<void> {
    this.asked.push(`${topic} ${payload}`);
    if (!this.isObedient) return;
    if (topic === this.topics.answer && REASONS.some(reason => reason === payload))
      await this.tell({ answer: payload });
    if (topic === this.topics.listening) await this.tell({ listening: payload as 'ON' | 'OFF' });
  }
}
