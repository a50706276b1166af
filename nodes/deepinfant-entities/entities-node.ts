import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { DeepInfantError, messageOf } from '../../src/errors.js';
import {
  deviceTopics,
  type DeviceState,
  type DeviceTopics,
  discoveryPayload,
  HASS_STATUS_TOPIC,
  TELL_AGAIN_MS,
} from '../../src/hass/device/discovery.js';
import { nightAt, type Night, withCry } from '../../src/hass/device/cry-count.js';
import { RunningCries } from '../../src/hass/running-cries.js';
import { PRESETS } from '../../src/model/manifest.js';
import { type CryEvent, type Reason, REASONS, type SourceHealth } from '../../src/values.js';
import { writeAtomically } from '../../src/files/write-atomically.js';
import { type NodeWork, type StatusForm, statusOf } from '../adapter.js';
import { dataFile } from '../data-file.js';
import { cryEventOf, isAnswerTaken, isPlaybackState, isSourceHealth, isToldState } from '../messages.js';
import { Turns } from '../../src/turns.js';
import { MqttConnection, type MqttState, type MqttBrokerNode } from './mqtt-connection.js';

const STATUS_BY_STATE: Record<MqttState | 'crying' | 'noBroker', StatusForm> = {
  connected: { fill: 'green', shape: 'dot', text: 'node-red:common.status.connected' },
  connecting: { fill: 'yellow', shape: 'ring', text: 'node-red:common.status.connecting' },
  disconnected: { fill: 'red', shape: 'ring', text: 'node-red:common.status.disconnected' },
  crying: { fill: 'blue', shape: 'dot', text: 'deepinfant-entities.status.crying' },
  noBroker: { fill: 'red', shape: 'ring', text: 'deepinfant-entities.status.noBroker' },
};

/** Tells Home Assistant over MQTT what is heard, and hears what it asks for. */
export class EntitiesNode implements NodeWork {
  private readonly topics: DeviceTopics;
  private readonly broker: MqttConnection | undefined;
  private brokerState: MqttState = 'disconnected';
  private readonly nightFile: string;
  private night: Night | undefined;
  /** What comes earlier waits for it. */
  private readonly loading: Promise<void>;
  private readonly savings = new Turns();
  private telling: NodeJS.Timeout | undefined;
  /** What was published last on each retained topic. */
  private readonly published = new Map<string, string>();
  private readonly cries = new RunningCries(() => {
    this.tell();
  });
  /** The cry of which was told last: answers are for it. */
  private lastCry: CryEvent | undefined;
  private health: SourceHealth | undefined;
  private isHeard = true;
  private answer: string | null = null;
  private preset: string | null = null;
  private isListening = true;
  private readonly showStatus;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    brokerNode: MqttBrokerNode | null,
    private readonly deviceName: string,
  ) {
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
    this.topics = deviceTopics(node.id, brokerNode?.id ?? '');
    this.nightFile = dataFile(RED, `night-${node.id}.json`);
    this.loading = this.load();
    this.broker =
      brokerNode === null
        ? undefined
        : new MqttConnection(brokerNode, node.id, state => {
            this.brokerState = state;
            this.showState();
            if (state === 'connected') this.tellAll();
          });
  }

  async start(): Promise<void> {
    const { broker, topics } = this;
    if (broker === undefined) {
      this.showStatus('noBroker');
      throw new DeepInfantError('no-broker', this.RED._('deepinfant-entities.says.noBroker'));
    }
    await this.loading;
    this.showState();
    broker.subscribe(HASS_STATUS_TOPIC, status => {
      if (status === 'online') this.tellAll();
    });
    broker.subscribe(topics.answer, reason => {
      this.hearAnswer(reason);
    });
    broker.subscribe(topics.preset, preset => {
      this.hearPreset(preset);
    });
    broker.subscribe(topics.listening, wanted => {
      this.hearListening(wanted);
    });
    broker.open({ topic: topics.bridge, payload: 'offline', qos: 1, retain: true });
    this.telling = setInterval(() => {
      this.published.delete(topics.state);
      this.tell();
    }, TELL_AGAIN_MS);
  }

  async input(msg: NodeMessage): Promise<void> {
    const { payload } = msg;
    await this.loading;
    if (isSourceHealth(payload)) this.hearHealth(payload);
    // Somebody answered another way, such as by a notification.
    else if (isAnswerTaken(payload)) this.showAnswer(payload.cry, payload.reason);
    // A recording, such as the demo's, is no source that could be out of reach.
    else if (!isPlaybackState(payload) && !isToldState(payload)) this.hearCry(cryEventOf(msg));
    this.tell();
  }

  async stop(isRemoved: boolean): Promise<void> {
    const { broker, topics } = this;
    if (this.telling === undefined || broker === undefined) return;
    clearInterval(this.telling);
    this.telling = undefined;
    this.cries.stop();
    // At once: the broker node closes in the same turn.
    if (isRemoved)
      for (const topic of [topics.discovery, topics.state, topics.source, topics.node])
        broker.publish(topic, '', { retain: true });
    else broker.publish(topics.node, 'offline', { retain: true });
    await broker.close(isRemoved);
    await this.savings.take(() => Promise.resolve());
  }

  private hearCry(event: CryEvent): void {
    this.cries.push(event);
    if (event.id !== this.lastCry?.id) this.answer = null;
    this.lastCry = event;
    this.night = withCry(nightAt(this.night, Date.now()), event);
    if (event.state === 'ongoing') return;
    const { state, id, durationS, intensity, reason } = event;
    const told = {
      event_type: state,
      cry: id,
      duration_s: Math.round(durationS),
      intensity,
      reason: reason?.label ?? null,
      confidence: percent(reason?.confidence),
    };
    this.broker?.publish(this.topics.event, JSON.stringify(told), { retain: false });
    this.save(this.night);
  }

  private hearHealth(health: SourceHealth): void {
    this.health = health;
    const { state } = health;
    this.isListening = state !== 'stopped';
    // While it is opened again it is as it was.
    if (state !== 'starting') this.isHeard = state === 'running' || state === 'silent';
  }

  private hearAnswer(reason: string): void {
    if (!REASONS.some(known => known === reason)) return;
    if (this.lastCry === undefined) {
      this.node.warn(this.RED._('deepinfant-entities.says.noCry'));
      return;
    }
    this.answer = reason;
    this.node.send([{ topic: 'answer', payload: { answer: reason, cry: this.lastCry.id } }, null, null]);
    this.tell();
  }

  private showAnswer(cry: string, reason: Reason): void {
    if (cry === this.lastCry?.id) this.answer = reason;
  }

  private hearPreset(preset: string): void {
    if (!PRESETS.some(known => known === preset)) return;
    this.preset = preset;
    this.node.send([null, { topic: 'preset', payload: preset }, null]);
    this.tell();
  }

  private hearListening(wanted: string): void {
    if (wanted !== 'ON' && wanted !== 'OFF') return;
    this.isListening = wanted === 'ON';
    this.node.send([null, null, { topic: 'listen', payload: this.isListening }]);
    this.tell();
  }

  /** Tells all anew, as after a connection or a start of Home Assistant. */
  private tellAll(): void {
    const { deviceName: name, topics } = this;
    const device = { id: this.node.id, name };
    const nameOf = (key: string): string => this.RED._(`deepinfant-entities.entity.${key}`);
    this.published.clear();
    this.publish(topics.discovery, JSON.stringify(discoveryPayload(device, topics, nameOf)));
    this.publish(topics.bridge, 'online');
    this.publish(topics.node, 'online');
    this.tell();
  }

  /** Tells what changed. */
  private tell(): void {
    this.publish(this.topics.source, this.isHeard ? 'online' : 'offline');
    this.publish(this.topics.state, JSON.stringify(this.state));
    this.showState();
  }

  private publish(topic: string, payload: string): void {
    if (this.published.get(topic) === payload || this.brokerState !== 'connected') return;
    this.published.set(topic, payload);
    this.broker?.publish(topic, payload, { retain: true });
  }

  private get state(): DeviceState {
    const { lastCry, health } = this;
    const night = nightAt(this.night, Date.now());
    const durations = Object.values(night.cries);
    const { reason } = lastCry ?? {};
    return {
      crying: this.cries.newest ? 'ON' : 'OFF',
      reason: reason?.label ?? null,
      confidence: percent(reason?.confidence),
      contributions: reason?.contributions ?? [],
      intensity: lastCry?.intensity ?? null,
      lastCry: night.lastOnset === null ? null : new Date(night.lastOnset).toISOString(),
      criesTonight: durations.length,
      minutesTonight: Math.round(durations.reduce((sum, durationS) => sum + durationS, 0) / 60),
      health: health?.state ?? null,
      error: health?.error ?? null,
      accuracy: percent(reason?.accuracy),
      baselineAccuracy: percent(reason?.baselineAccuracy),
      learnedFrom: reason?.learnedFrom ?? 0,
      answer: this.answer,
      preset: this.preset,
      listening: this.isListening ? 'ON' : 'OFF',
    };
  }

  private showState(): void {
    const { brokerState } = this;
    this.showStatus(brokerState === 'connected' && this.cries.newest ? 'crying' : brokerState);
  }

  /** Keeps the night's cries over a restart of Node-RED. */
  private save(night: Night): void {
    const save = async (): Promise<void> => {
      await mkdir(path.dirname(this.nightFile), { recursive: true });
      await writeAtomically(this.nightFile, JSON.stringify(night));
    };
    this.savings.take(save).catch((error: unknown) => {
      this.node.error(messageOf(error));
    });
  }

  private async load(): Promise<void> {
    try {
      this.night = JSON.parse(await readFile(this.nightFile, 'utf8')) as Night;
    } catch {
      // The first night, or a file that was damaged: tonight is counted from now.
    }
  }
}

function percent(share: number | null | undefined): number | null {
  return share == null ? null : Math.round(100 * share);
}
