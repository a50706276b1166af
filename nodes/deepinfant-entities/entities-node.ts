import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { DeepInfantError, messageOf } from '../../src/errors.js';
import { Device } from '../../src/hass/device/device.js';
import { type NodeWork, type StatusForm, statusOf } from '../adapter.js';
import { dataFile } from '../data-file.js';
import { readIncoming } from '../messages.js';
import { MqttConnection, type MqttBrokerNode, type MqttState } from './mqtt-connection.js';

const STATUS_BY_STATE: Record<MqttState | 'crying' | 'noBroker', StatusForm> = {
  connected: { fill: 'green', shape: 'dot', text: 'node-red:common.status.connected' },
  connecting: { fill: 'yellow', shape: 'ring', text: 'node-red:common.status.connecting' },
  disconnected: { fill: 'red', shape: 'ring', text: 'node-red:common.status.disconnected' },
  crying: { fill: 'blue', shape: 'dot', text: 'deepinfant-entities.status.crying' },
  noBroker: { fill: 'red', shape: 'ring', text: 'deepinfant-entities.status.noBroker' },
};

/** Makes a device of Home Assistant over MQTT, and sends on what is asked for there. */
export class EntitiesNode implements NodeWork {
  private readonly device: Device;
  private readonly connection: MqttConnection | undefined;
  private isRunning = false;
  private readonly showStatus;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    brokerNode: MqttBrokerNode | null,
    name: string,
  ) {
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
    this.device = new Device({
      id: node.id,
      name,
      bridgeId: brokerNode?.id ?? '',
      nameOf: key => RED._(`deepinfant-entities.entity.${key}`),
      file: dataFile(RED, `night-${node.id}.json`),
      publish: message => this.connection?.publish(message),
      report: error => {
        node.error(messageOf(error));
      },
      changed: () => {
        this.showState();
      },
    });
    this.connection = brokerNode
      ? new MqttConnection(brokerNode, node.id, state => {
          this.showState();
          if (state === 'connected') this.device.publishAll();
        })
      : undefined;
  }

  start(): void {
    const { device, connection } = this;
    if (connection === undefined) {
      this.showStatus('noBroker');
      throw new DeepInfantError('no-broker', this.RED._('deepinfant-entities.says.noBroker'));
    }
    device.start();
    this.isRunning = true;
    this.showState();
    for (const topic of device.subscriptions)
      connection.subscribe(topic, payload => {
        this.receive(topic, payload);
      });
    connection.open(device.will);
  }

  input(msg: NodeMessage): void {
    const { device } = this;
    const incoming = readIncoming(msg.payload);
    if (incoming.kind === 'cry') device.pushCry(incoming.cry);
    else if (incoming.kind === 'health') device.pushHealth(incoming.health);
    // Somebody answered another way, such as by a notification.
    else if (incoming.kind === 'answer') device.pushAnswer(incoming.answer);
  }

  async stop(isRemoved: boolean): Promise<void> {
    const { device, connection } = this;
    if (!this.isRunning) return;
    this.isRunning = false;
    // Its last messages come first: the broker node closes in the same turn.
    const stopped = device.stop(isRemoved);
    await connection?.close(isRemoved);
    await stopped;
  }

  private receive(topic: string, payload: string): void {
    const command = this.device.receive(topic, payload);
    switch (command?.do) {
      case 'answer': {
        const { answer } = command;
        if (answer === undefined) {
          this.node.warn(this.RED._('deepinfant-entities.says.noCry'));
          return;
        }
        const { reason, cry, at } = answer;
        this.node.send([{ topic: 'answer', payload: { answer: reason, cry, at } }, null, null]);
        return;
      }
      case 'preset':
        this.node.send([null, { topic: 'preset', payload: command.preset }, null]);
        return;
      case 'listen':
        this.node.send([null, null, { topic: 'listen', payload: command.isWanted }]);
    }
  }

  private showState(): void {
    const { state } = this.connection ?? {};
    if (state === undefined) return;
    this.showStatus(state === 'connected' && this.device.isCrying ? 'crying' : state);
  }
}
