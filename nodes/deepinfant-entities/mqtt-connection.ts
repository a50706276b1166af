import type { Node } from 'node-red';

/** A message as the broker node publishes it. */
export interface MqttMessage {
  topic: string;
  payload: string;
  qos: 0 | 1 | 2;
  retain: boolean;
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
    hear: (topic: string, payload: Buffer) => void,
    ref: string,
  ): void;
  unsubscribe(topic: string, ref: string, forGood: boolean): void;
  publish(message: MqttMessage, done: (error?: Error) => void): void;
}

/** The broker node tells its users how the connection is by setting their status. */
interface BrokerUser {
  id: string;
  status(status: { text: string }): void;
}

export type MqttState = 'connected' | 'connecting' | 'disconnected';

/** A node's use of the connection of an mqtt-broker node. */
export class MqttConnection {
  private state: MqttState = 'disconnected';
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
        if (state === this.state) return;
        this.state = state;
        changed(state);
      },
    };
  }

  /** Connects, if no other node has. @param will what the broker says when it hears no more, unless the user set one */
  open(will: MqttMessage): void {
    if (this.node.options.will === undefined && this.node.canConnect()) this.node.setOptions({ will });
    this.node.register(this.user);
  }

  subscribe(topic: string, hear: (payload: string) => void): void {
    this.topics.push(topic);
    this.node.subscribe(
      topic,
      { qos: 1 },
      (_topic, payload) => {
        hear(payload.toString());
      },
      this.id,
    );
  }

  /** Publishes while there is a connection; whoever publishes tells all anew when it comes back. */
  publish(topic: string, payload: string, { retain }: { retain: boolean }): void {
    if (this.state !== 'connected') return;
    this.node.publish({ topic, payload, qos: 1, retain }, () => undefined);
  }

  close(isForGood: boolean): Promise<void> {
    for (const topic of this.topics) this.node.unsubscribe(topic, this.id, true);
    return new Promise(resolve => {
      this.node.deregister(this.user, resolve, isForGood);
    });
  }
}
