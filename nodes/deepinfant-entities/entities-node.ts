import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { DeepInfantError, messageOf } from '../../src/errors.js';
import { guard } from '../../src/guard.js';
import { Device, type DeviceCommand, type FormerPlace } from '../../src/hass/device/device.js';
import { entityNamesIn } from '../../src/hass/device/entity-names.js';
import { claimDevice } from '../../src/hass/device/device-id.js';
import { type Language, languageOf } from '../../src/texts/language.js';
import { healthIn } from '../../src/texts/trouble-text.js';
import { packageVersion } from '../../src/package-root.js';
import { type NodeWork, type StatusForm, statusOf } from '../adapter.js';
import { readIncoming } from '../../src/hass/incoming.js';
import { dataFolder } from '../data-file.js';
import { idsOfTypes, listeningNodes, wiredPreset } from '../flow-nodes.js';
import { editorUrl } from './editor-url.js';
import { MqttConnection, type MqttBrokerNode, type MqttState } from './mqtt-connection.js';
import type { EntitiesSettings } from './settings.js';

const STATUS_BY_STATE: Record<MqttState | 'crying' | 'noBroker', StatusForm> = {
  connected: { fill: 'green', shape: 'dot', text: 'node-red:common.status.connected' },
  connecting: { fill: 'yellow', shape: 'ring', text: 'node-red:common.status.connecting' },
  disconnected: { fill: 'red', shape: 'ring', text: 'node-red:common.status.disconnected' },
  crying: { fill: 'blue', shape: 'dot', text: 'deepinfant-entities.status.crying' },
  noBroker: { fill: 'red', shape: 'ring', text: 'deepinfant-entities.status.noBroker' },
};

/** How long a former broker may take until the device is left there. */
const LEAVE_MS = 10_000;

/** How each device was connected last, by its id: its node may have another broker now. */
const connections = new Map<string, MqttBrokerNode>();

/** The nodes that run share one listener: Node.js warns of more than ten. */
const listening = new Set<EntitiesNode>();
const tellNewNodes = (): void => {
  for (const node of listening) node.tellNewNodes();
};

/** Makes a device of Home Assistant over MQTT, and sends on what is asked for there. */
export class EntitiesNode implements NodeWork {
  private running:
    { id: string; device: Device; connection: MqttConnection; release: () => void } | undefined;
  private leaving: Promise<void> = Promise.resolve();
  /** The sources and detectors that know what was chosen in Home Assistant. */
  private told = new Set<Node>();
  private readonly showStatus;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly settings: EntitiesSettings,
  ) {
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
  }

  start(): void {
    const { RED, node, settings } = this;
    const brokerNode = RED.nodes.getNode(settings.broker) as MqttBrokerNode | null;
    if (brokerNode === null) {
      this.showStatus('noBroker');
      throw new DeepInfantError('no-broker', RED._('deepinfant-entities.says.noBroker'));
    }
    const { id, file, release } = this.claim();
    const device = new Device({
      ...settings,
      id,
      name: this.name,
      node: node.id,
      url: brokerNode.brokerurl,
      model: 'Node-RED',
      version: packageVersion(),
      configurationUrl: editorUrl(RED),
      nameOf: entityNamesIn(this.language),
      file,
      preset: wiredPreset(RED, node, 1),
      publish: message => connection.publish(message),
      report: error => {
        node.error(messageOf(error));
      },
      changed: () => {
        this.showState();
      },
    });
    const connection: MqttConnection = new MqttConnection(brokerNode, node.id, device.will, state => {
      this.showState();
      if (state === 'connected' && this.running) this.announce();
    });
    this.running = { id, device, connection, release };
    // What is asked for in Home Assistant holds before anything is heard.
    for (const command of device.start()) this.execute(command);
    this.told = listeningNodes(RED);
    if (listening.size === 0) RED.events.on('flows:started', tellNewNodes);
    listening.add(this);
    this.showState();
    for (const topic of device.subscriptions)
      connection.subscribe(topic, (payload, isRetained) => {
        const command = device.receive(topic, payload, isRetained);
        if (command) this.execute(command);
      });
    connection.open();
  }

  input(msg: NodeMessage): void {
    const incoming = readIncoming(msg.payload);
    const device = this.running?.device;
    if (incoming.kind === 'cry') device?.pushCry(incoming.cry);
    else if (incoming.kind === 'health') device?.pushHealth(healthIn(this.language, incoming.health));
    else if (incoming.kind === 'playback') device?.pushPlayback(incoming.playback);
    // Somebody answered, perhaps another way, such as by a notification.
    else if (incoming.kind === 'answer') device?.pushAnswer(incoming.answer, incoming.accuracy);
    else if (incoming.kind === 'no-answer') device?.withdrawAnswer(incoming.cry);
    if ('baby' in incoming && incoming.baby !== undefined)
      device?.pushBaby({ cry: incoming.cry, baby: incoming.baby });
  }

  async stop(isRemoved: boolean): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    const { id, device, connection, release } = running;
    this.running = undefined;
    listening.delete(this);
    if (listening.size === 0) this.RED.events.off('flows:started', tellNewNodes);
    // Its last messages come first.
    await device.stop(isRemoved);
    connections.delete(id);
    if (!isRemoved) connections.set(id, connection.settings);
    await Promise.all([connection.close(), this.leaving]);
    release();
  }

  /** Sources and detectors that were deployed without this node start as their dialogs say, and do not know what was chosen. */
  readonly tellNewNodes = guard(() => {
    const { RED, node, running, told } = this;
    if (!running) return;
    this.told = listeningNodes(RED);
    if ([...this.told].every(known => told.has(known))) return;
    for (const command of running.device.setUp(wiredPreset(RED, node, 1))) this.execute(command);
  });

  private get language(): Language {
    return languageOf(this.RED._('deepinfant-entities.language'));
  }

  private get name(): string {
    return this.settings.name || this.RED._('deepinfant-entities.device');
  }

  private claim(): ReturnType<typeof claimDevice> {
    const { RED, node } = this;
    const folder = dataFolder(RED);
    return claimDevice(folder, { id: node.id, name: this.name }, other =>
      idsOfTypes(RED, [node.type]).includes(other),
    );
  }

  private announce(): void {
    const { device, connection } = this.running!;
    const { former } = device;
    if (former?.url === connection.settings.brokerurl)
      for (const message of former.messages) connection.publish(message);
    else if (former) this.leaving = this.leave(former);
    device.publishAll();
  }

  /** Removes the device from a broker that it was on before. */
  private leave(former: FormerPlace): Promise<void> {
    const { RED, node } = this;
    const known = [
      connections.get(this.running!.id),
      RED.nodes.getNode(former.broker) as MqttBrokerNode | null,
    ];
    const settings = known.find(broker => broker?.brokerurl === former.url);
    const warn = (): void => {
      node.warn(RED._('deepinfant-entities.says.formerServer', { server: former.url }));
    };
    if (!settings) {
      warn();
      return Promise.resolve();
    }
    return new Promise(resolve => {
      const close = (): void => {
        clearTimeout(patience);
        void connection.close().then(resolve);
      };
      const patience = setTimeout(
        guard(() => {
          warn();
          close();
        }),
        LEAVE_MS,
      );
      const connection = new MqttConnection(settings, `${node.id} before`, undefined, state => {
        if (state !== 'connected') return;
        for (const message of former.messages) connection.publish(message);
        close();
      });
      connection.open();
    });
  }

  private execute(command: DeviceCommand): void {
    const { node, RED } = this;
    switch (command.do) {
      case 'answer': {
        const { answer } = command;
        if (answer === undefined) {
          node.warn(RED._('deepinfant-entities.says.noCry'));
          return;
        }
        const { reason, cry, at } = answer;
        node.send([{ topic: 'answer', payload: { answer: reason, cry, at } }, null, null]);
        return;
      }
      case 'baby': {
        const { told } = command;
        if (told === undefined) node.warn(RED._('deepinfant-entities.says.noCry'));
        else node.send([{ topic: 'answer', payload: { answer: '', ...told } }, null, null]);
        return;
      }
      case 'fact': {
        const { baby, ...told } = command.command;
        const message =
          told.do === 'add-fact'
            ? { topic: told.fact.kind, payload: { ...told.fact, baby } }
            : { topic: 'withdraw', payload: { withdraw: told.kind, id: told.id, baby } };
        node.send([message, null, null]);
        return;
      }
      case 'preset':
        node.send([null, { topic: 'preset', payload: command.preset }, null]);
        return;
      case 'listen':
        node.send([null, null, { topic: 'listen', payload: command.isWanted }]);
    }
  }

  private showState(): void {
    const { running } = this;
    if (running === undefined) return;
    const { state } = running.connection;
    this.showStatus(state === 'connected' && running.device.isCrying ? 'crying' : state);
  }
}
