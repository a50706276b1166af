import type { Node } from 'node-red';
import type { DeviceMessage } from '../../src/hass/device/device.js';
import { KEEPALIVE_S } from '../../src/hass/device/keepalive.js';
import { DeepInfantError } from '../../src/errors.js';
import { guard } from '../../src/guard.js';

/** A message as the broker node publishes it. */
interface MqttMessage extends DeviceMessage {
  qos: 0 | 1 | 2;
}

/** What Node-RED's mqtt-broker node offers to the nodes that use it (@node-red/nodes, 10-mqtt.js). */
export interface MqttBrokerNode extends Node {
  /** The address. */
  brokerurl: string;
  /** The MQTT client; there is one while there is a connection. */
  client: { subscribe(topics: string[], options: { qos: number }, done: () => void): void };
  /** What the MQTT client is opened with: user, password and certificates, too. */
  options: { clientId?: string; will?: object; keepalive?: number };
  register(user: BrokerUser): void;
  deregister(user: BrokerUser, done: () => void, disconnect: boolean): void;
  disconnect(done: () => void): void;
  subscribe(
    topic: string,
    options: { qos: number },
    receive: (topic: string, payload: Buffer, packet: { retain?: boolean }) => void,
    ref: string,
  ): void;
  publish(message: MqttMessage, done: (error?: Error) => void): void;
}

/** The broker node shows the connection's state as the status of each node that uses it. */
interface BrokerUser {
  id: string;
  status(status: { text: string }): void;
}

export type MqttState = 'connected' | 'connecting' | 'disconnected';

/**
 * A connection of its own, with the settings of an mqtt-broker node. The connection of that node may be open before this
 * node is made, and it takes one will only, at its opening: the broker would never say that Node-RED is gone.
 */
export class MqttConnection {
  private current: MqttState = 'disconnected';
  /** What the broker node said last. */
  private told: MqttState = 'disconnected';
  private readonly topics: string[] = [];
  private readonly broker: MqttBrokerNode;
  private readonly user: BrokerUser;

  /**
   * @param settings the node that knows how to reach the broker
   * @param will what the broker publishes when the connection breaks
   * @param changed gets the state whenever it changes
   * @throws DeepInfantError `no-broker` where the node is not one of Node-RED's own
   */
  constructor(
    settings: MqttBrokerNode,
    private readonly id: string,
    will: DeviceMessage | undefined,
    changed: (state: MqttState) => void,
  ) {
    this.broker = copyOf(settings, will);
    this.user = {
      id,
      status: guard(({ text }) => {
        const state = text.slice(text.lastIndexOf('.') + 1) as MqttState;
        if (state === this.told) return;
        this.told = state;
        const change = guard(() => {
          if (state !== this.told || state === this.current) return;
          this.current = state;
          changed(state);
        });
        // Whoever learns that the device is there may ask for something at once: that has to arrive.
        if (state === 'connected') this.broker.client.subscribe(this.topics, { qos: 1 }, change);
        else change();
      }),
    };
  }

  get state(): MqttState {
    return this.current;
  }

  /** The node whose connection this is: knows how to reach the broker, and outlives the node that it was made of. */
  get settings(): MqttBrokerNode {
    return this.broker;
  }

  open(): void {
    this.broker.register(this.user);
  }

  /** @param receive gets what is published, and whether the broker had kept it */
  subscribe(topic: string, receive: (payload: string, isRetained: boolean) => void): void {
    const receiveBytes = guard((_topic: string, payload: Buffer, { retain }: { retain?: boolean }) => {
      receive(payload.toString(), retain === true);
    });
    this.topics.push(topic);
    this.broker.subscribe(topic, { qos: 1 }, receiveBytes, this.id);
  }

  /** Publishes while there is a connection. What is on its way when it breaks is sent once more. @returns whether there is one */
  publish(message: DeviceMessage): boolean {
    if (this.current !== 'connected') return false;
    this.broker.publish({ ...message, qos: 1 }, () => undefined);
    return true;
  }

  /** Resolves when what was published has arrived, or after two seconds. */
  async close(): Promise<void> {
    await new Promise<void>(resolve => {
      this.broker.disconnect(resolve);
    });
    await new Promise<void>(resolve => {
      this.broker.deregister(this.user, resolve, false);
    });
  }
}

/** Settings that belong to the connection of the node itself. */
const NODES_OWN = {
  type: 'mqtt-broker',
  autoConnect: true,
  // Two clients of one id would disconnect each other for ever.
  clientid: '',
  cleansession: true,
  sessionExpiry: '',
  birthTopic: '',
  closeTopic: '',
};

/** Another node of the same settings, unknown to the flow. */
function copyOf(settings: MqttBrokerNode, will: DeviceMessage | undefined): MqttBrokerNode {
  const Broker = settings.constructor as new (config: object) => Partial<MqttBrokerNode>;
  const { id, _flow } = settings as MqttBrokerNode & { _flow?: unknown };
  const made = new Broker({
    ...settings,
    ...NODES_OWN,
    id,
    _flow,
    ...(will && { willTopic: will.topic, willPayload: will.payload, willRetain: will.retain, willQos: 1 }),
  });
  if (!isBroker(made))
    throw new DeepInfantError('no-broker', 'This version of Node-RED has another kind of MQTT server.');
  const { clientId, will: ownWill } = made.options;
  const keepalive = Math.min(settings.options.keepalive || KEEPALIVE_S, KEEPALIVE_S);
  made.options = { ...settings.options, clientId, will: ownWill, keepalive };
  return made;
}

function isBroker(made: Partial<MqttBrokerNode>): made is MqttBrokerNode {
  const calls = [made.register, made.deregister, made.disconnect, made.subscribe, made.publish];
  return made.options !== undefined && calls.every(call => typeof call === 'function');
}
