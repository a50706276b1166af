import type { Node } from 'node-red';
import type { DeviceMessage } from '../../src/hass/device/device.js';

/** A message as the broker node publishes it. */
interface MqttMessage extends DeviceMessage {
  qos: 0 | 1 | 2;
}

/** What Node-RED's mqtt-broker node offers to the nodes that use it (@node-red/nodes, 10-mqtt.js). */
export interface MqttBrokerNode extends Node {
  options: { will?: object };
  canConnect(): boolean;
  setOptions(options: { will: MqttMessage }): void;
  register(user: BrokerUser): void;
  deregister(user: BrokerUser, done: () => void, disconnect: boolean): void;
  subscribe(
    topic: string,
    options: { qos: number },
    receive: (topic: string, payload: Buffer) => void,
    ref: string,
  ): void;
  unsubscribe(topic: string, ref: string, forGood: boolean): void;
  publish(message: MqttMessage, done: (error?: Error) => void): void;
}

/** The broker node shows the connection's state as the status of each node that uses it. */
interface BrokerUser {
  id: string;
  status(status: { text: string }): void;
}

export type MqttState = 'connected' | 'connecting' | 'disconnected';

/** A node's use of the connection of an mqtt-broker node. */
export class MqttConnection {
  private current: MqttState = 'disconnected';
  private readonly topics: string[] = [];
  private readonly user: BrokerUser;

  /** @param changed gets the state whenever it changes */
  constructor(
    private readonly node: MqttBrokerNode,
    private readonly id: string,
    changed: (state: MqttState) => void,
  ) {
    this.user = {
      id,
      status: ({ text }) => {
        const state = text.slice(text.lastIndexOf('.') + 1) as MqttState;
        if (state === this.current) return;
        this.current = state;
        changed(state);
      },
    };
  }

  get state(): MqttState {
    return this.current;
  }

  /** Connects, if no other node has. @param will what the broker publishes when the connection breaks, unless the user set one */
  open(will: DeviceMessage): void {
    if (this.node.options.will === undefined && this.node.canConnect())
      this.node.setOptions({ will: { ...will, qos: 1 } });
    this.node.register(this.user);
  }

  subscribe(topic: string, receive: (payload: string) => void): void {
    this.topics.push(topic);
    this.node.subscribe(
      topic,
      { qos: 1 },
      (_topic, payload) => {
        receive(payload.toString());
      },
      this.id,
    );
  }

  /** Publishes while there is a connection; once it is back, everything is published again. */
  publish(message: DeviceMessage): void {
    if (this.current !== 'connected') return;
    this.node.publish({ ...message, qos: 1 }, () => undefined);
  }

  close(isForGood: boolean): Promise<void> {
    for (const topic of this.topics) this.node.unsubscribe(topic, this.id, true);
    return new Promise(resolve => {
      this.node.deregister(this.user, resolve, isForGood);
    });
  }
}
