import { setTimeout as sleep } from 'node:timers/promises';
import type { IClientOptions, MqttClient } from 'mqtt';
import { messageOf } from '../errors.js';
import { guard } from '../guard.js';
import type { DeviceMessage } from '../hass/device/device.js';
import { KEEPALIVE_S } from '../hass/device/keepalive.js';

const CONNECT_WITHIN_MS = 10_000;
const RECONNECT_MS = 2000;
/** How long what was published last may take at the end. */
const CLOSE_WITHIN_MS = 2000;

export interface BrokerOptions {
  url: string;
  user?: string;
  password?: string;
  /** What the broker publishes when the connection breaks. */
  will?: DeviceMessage;
  /** Names the connection to the broker, which then keeps what is published while it is away. */
  clientId?: string;
}

export interface BrokerListener {
  /** Is called at each connection, once what is asked for arrives. */
  connected(): void;
  /** Gets what keeps it from connecting, at each try. */
  failed(error: string): void;
  /** @param isRetained whether it was published before this connection asked for it */
  message(topic: string, payload: string, isRetained: boolean): void;
}

/** A connection to an MQTT broker, which is opened again whenever it breaks. */
export class BrokerConnection {
  private client: MqttClient | undefined;
  private isSubscribed = false;

  constructor(
    private readonly options: BrokerOptions,
    private readonly listener: BrokerListener,
  ) {}

  get isConnected(): boolean {
    return this.isSubscribed && this.client?.connected === true;
  }

  /** @param topics to receive */
  async open(topics: readonly string[]): Promise<void> {
    const { url, user, password, will, clientId } = this.options;
    const options: IClientOptions = {
      username: user,
      password,
      ...(will && { will: { ...will, payload: Buffer.from(will.payload), qos: 1 } }),
      ...(clientId !== undefined && { clientId, clean: false }),
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_WITHIN_MS,
      reconnectPeriod: RECONNECT_MS,
      // Two bytes of each number beforehand, for a few messages a second: 7 MB.
      writeCache: false,
    };
    // Loaded where it is needed: it takes some 10 MB.
    const { connect } = await import('mqtt');
    const client = connect(url, options);
    this.client = client;
    let lastError: string | undefined;
    client.on(
      'connect',
      guard(() => {
        // Whoever learns that the device is there may ask for something at once: that has to arrive.
        const subscribed = guard((error: Error | null) => {
          this.isSubscribed = error === null;
          if (error) this.listener.failed(messageOf(error));
          else this.listener.connected();
        });
        client.subscribe([...topics], { qos: 1 }, subscribed);
      }),
    );
    client.on(
      'message',
      guard((topic: string, payload: Buffer, { retain }: { retain: boolean }) => {
        this.listener.message(topic, payload.toString(), retain);
      }),
    );
    client.on('error', error => {
      lastError = errorText(error);
    });
    client.on(
      'close',
      guard(() => {
        this.isSubscribed = false;
        this.listener.failed(lastError ?? 'The broker closed the connection.');
        lastError = undefined;
      }),
    );
  }

  /**
   * Publishes while there is a connection. What is on its way when it breaks is sent once more.
   * @param taken is called when the broker has it
   * @returns whether there is a connection
   */
  publish({ topic, payload, retain }: DeviceMessage, taken: () => void = () => undefined): boolean {
    if (!this.isConnected) return false;
    this.client!.publish(topic, payload, { qos: 1, retain }, error => {
      if (!error) taken();
    });
    return true;
  }

  /** Resolves when what was published has arrived, or after two seconds. */
  async close(): Promise<void> {
    const { client } = this;
    if (client === undefined) return;
    client.removeAllListeners('close');
    await Promise.race([client.endAsync(), sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    await client.endAsync(true);
  }
}

/** A host with several addresses gives one error each. */
function errorText(error: Error): string {
  const { errors } = error as AggregateError;
  return messageOf((errors as Error[] | undefined)?.[0] ?? error);
}
