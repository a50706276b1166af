import { connectAsync, type MqttClient } from 'mqtt';
import { deviceTopics } from '../../src/hass/device/discovery.js';
import { RoomFeed } from '../../src/serve/room-feed.js';
import { HEALTH } from '../source-health.js';
import { until } from '../until.js';

/** What a satellite publishes, as the service does, and what Home Assistant asks for. */
export class Satellite {
  /** The newest message of each topic. */
  private readonly received = new Map<string, string>();

  private constructor(
    private readonly id: string,
    private readonly client: MqttClient,
    readonly feed: RoomFeed,
  ) {
    client.on('message', (topic, payload) => this.received.set(topic, payload.toString()));
  }

  /** @param file keeps what the broker has not got yet */
  static async start(id: string, brokerUrl: string, file: string): Promise<Satellite> {
    const client = await connectAsync(brokerUrl);
    const topics = deviceTopics(id);
    const feed = new RoomFeed({
      topics,
      file,
      publish: ({ topic, payload, retain }, taken) => {
        client.publish(topic, payload, { retain, qos: 1 }, () => taken?.());
        return true;
      },
      report: error => {
        throw error;
      },
    });
    feed.open();
    const satellite = new Satellite(id, client, feed);
    await client.subscribeAsync('deepinfant/#');
    await client.publishAsync(topics.node, 'online', { retain: true });
    feed.pushHealth({ ...HEALTH, source: 'Cot' });
    return satellite;
  }

  /** Comes back when a device has published a text under a topic. */
  async says(device: string, topic: string, text: string): Promise<void> {
    const newest = (): string | undefined => this.received.get(`deepinfant/v1/${device}/${topic}`);
    await until(
      () => newest()?.includes(text) === true,
      () => `${text} of ${device}/${topic}, which is ${newest()}`,
    );
  }

  /** Asks a device for something, as Home Assistant does. */
  async ask(device: string, topic: string, payload: string): Promise<void> {
    await this.client.publishAsync(`deepinfant/v1/${device}/${topic}/set`, payload);
  }

  /** As the broker says of a satellite that lost its power. */
  async leave(): Promise<void> {
    await this.client.publishAsync(deviceTopics(this.id).node, 'offline', { retain: true });
  }

  async stop(): Promise<void> {
    await this.client.endAsync();
    await this.feed.close();
  }
}
