import path from 'node:path';
import { DeepInfantError } from '../errors.js';
import { Device, type DeviceCommand } from '../hass/device/device.js';
import { claimDevice } from '../hass/device/device-id.js';
import { deviceTopics, type DeviceTopics } from '../hass/device/discovery.js';
import { entityNamesIn } from '../hass/device/entity-names.js';
import type { Preset } from '../model/manifest.js';
import { packageVersion } from '../package-root.js';
import { Troubles } from '../troubles.js';
import { Turns } from '../turns.js';
import type { MqttConfig } from './config/schema.js';
import { BrokerConnection } from './broker-connection.js';
import { clipMessageOf } from './clip-message.js';
import type { Part } from './parts.js';
import type { Room } from './room.js';
import { RoomFeed } from './room-feed.js';
import { healthIn } from '../texts/trouble-text.js';

/** Characters of a cry's id; longer ones are of no cry. */
const MOST_ID = 300;
/** Of those that are asked for at the same time. */
const MOST_CLIPS_WAITING = 20;
const DOCS_URL = 'https://github.com/deepinfant/node-red/blob/main/docs/serve.md';

export interface RoomDeviceOptions {
  room: Room;
  mqtt: MqttConfig;
  /** What the broker knows this service by. */
  serviceId: string;
  preset: Preset;
  /** Names it in topics, unless it had another name before. */
  wantedId: string;
  /** Whether there is a room of this name: its device is not given to another one. */
  isRoom: (name: string) => boolean;
  /** Is called with what is asked for in Home Assistant. */
  usePreset: (preset: Preset) => void;
  listen: (isWanted: boolean) => void;
  /** Gets what goes wrong, once until it is mended. */
  report: (error: unknown) => void;
}

/** A room as a device of Home Assistant, over MQTT. */
export class RoomDevice implements Part {
  private readonly troubles: Troubles;
  private running:
    | { device: Device; feed: RoomFeed; broker: BrokerConnection; topics: DeviceTopics; end: () => void }
    | undefined;
  private error: DeepInfantError | undefined;
  private readonly clipTurns = new Turns();
  private clipsWaiting = 0;
  /** What the broker retained of its device at the last connection. */
  private retained: { node?: string; service?: string } = {};
  /** Whether another service publishes as the same device. */
  private hasRival = false;

  constructor(private readonly options: RoomDeviceOptions) {
    this.troubles = new Troubles(options.report);
  }

  /** What is wrong with it at its broker, if anything. */
  get trouble(): DeepInfantError | undefined {
    const { error, running, hasRival } = this;
    if (!running?.broker.isConnected)
      return error ?? new DeepInfantError('connecting', 'Connecting to the MQTT broker.');
    return hasRival ? rivalError(running.topics, this.options.mqtt.url) : undefined;
  }

  async start(): Promise<void> {
    const { room, mqtt, preset, wantedId, isRoom, report } = this.options;
    const { name, folder, language } = room.settings;
    const { id: prefix = '' } = mqtt;
    const node = prefix === '' ? `room ${name}` : `room ${name} of ${prefix}`;
    const { id, file, release } = claimDevice(folder, { id: node, name: wantedId }, owner =>
      isRoom(owner.replace(/^room /, '').replace(/ of [a-z0-9_]+$/, '')),
    );
    const topics = deviceTopics(id);
    const device: Device = new Device({
      id,
      name: name || prefix || 'Baby',
      node,
      broker: mqtt.url,
      url: mqtt.url,
      prefix: mqtt.discovery ? mqtt.discovery_prefix : undefined,
      birthTopic: mqtt.birth_topic,
      model: 'deepinfant serve',
      version: packageVersion(),
      configurationUrl: DOCS_URL,
      nameOf: entityNamesIn(language),
      file,
      preset,
      publish: message => broker.publish(message),
      report,
      changed: () => undefined,
    });
    const feed: RoomFeed = new RoomFeed({
      topics,
      file: path.join(folder, `feed-${id}.json`),
      publish: (message, taken) => broker.publish(message, taken),
      report,
    });
    const broker: BrokerConnection = new BrokerConnection(
      { ...mqtt, will: device.will },
      {
        connected: () => {
          this.error = undefined;
          this.troubles.mend('broker');
          this.announce();
        },
        failed: error => {
          this.retained = {};
          this.error = new DeepInfantError(
            'broker-unreachable',
            `The MQTT broker ${mqtt.url} cannot be reached: ${error}`,
          );
          this.troubles.raise('broker', this.error);
        },
        message: (topic, payload, isRetained) => {
          this.watch(topic, payload, isRetained);
          if (topic === topics.clipGet && !isRetained) this.sendClip(payload);
          const command = device.receive(topic, payload, isRetained);
          if (command) this.execute(command);
        },
      },
    );
    const end = room.listen(incoming => {
      if (incoming.kind === 'cry') {
        device.pushCry(incoming.cry);
        feed.pushCry(incoming.cry);
      } else if (incoming.kind === 'health') {
        device.pushHealth(healthIn(language, incoming.health));
        feed.pushHealth(incoming.health);
      } else if (incoming.kind === 'answer') device.pushAnswer(incoming.answer, incoming.accuracy);
      else if (incoming.kind === 'no-answer') device.withdrawAnswer(incoming.cry);
      if ('baby' in incoming && incoming.baby !== undefined)
        device.pushBaby({ cry: incoming.cry, baby: incoming.baby });
    });
    this.running = {
      device,
      feed,
      broker,
      topics,
      end: () => {
        end();
        release();
      },
    };
    // What is asked for in Home Assistant holds before anything is heard.
    for (const command of device.start()) this.execute(command);
    feed.open();
    await broker.open([...device.subscriptions, topics.service, topics.clipGet]);
  }

  /** Resolves when what came so far is published, or on disk until it is. */
  async saved(): Promise<void> {
    await this.running?.feed.saved;
  }

  async stop(): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    // Its last messages come first.
    await running.feed.flush();
    await running.device.stop(false);
    await running.broker.close();
    await running.feed.close();
    running.end();
  }

  private announce(): void {
    const { running, options } = this;
    if (running === undefined) return;
    const { device, feed, broker, topics } = running;
    const { former } = device;
    if (former?.url === options.mqtt.url) for (const message of former.messages) broker.publish(message);
    else if (former)
      options.report(
        `The device was on ${former.url} before. Delete it there, or remove the retained messages below deepinfant/.`,
      );
    broker.publish({ topic: topics.service, payload: options.serviceId, retain: true });
    feed.publishAll();
    device.publishAll();
  }

  /** One after the other: each has half a megabyte. */
  private sendClip(cryId: string): void {
    if (this.clipsWaiting >= MOST_CLIPS_WAITING) return;
    this.clipsWaiting++;
    void this.clipTurns.take(async () => {
      this.clipsWaiting--;
      const { room, mqtt } = this.options;
      const payload = JSON.stringify(await clipMessageOf(room.journal, cryId.slice(0, MOST_ID), mqtt.clips));
      const { running } = this;
      running?.broker.publish({ topic: running.topics.clip, payload, retain: false });
    });
  }

  /** Notices another service that publishes as the same device. */
  private watch(topic: string, payload: string, isRetained: boolean): void {
    const { running, retained, options } = this;
    if (running === undefined) return;
    const { topics } = running;
    if (topic !== topics.node && topic !== topics.service) return;
    if (isRetained) retained[topic === topics.node ? 'node' : 'service'] = payload;
    const isOther = (service: string | undefined): boolean =>
      service !== undefined && service !== '' && service !== options.serviceId;
    if (
      isRetained
        ? retained.node === 'online' && isOther(retained.service)
        : topic === topics.service && isOther(payload)
    ) {
      this.hasRival = true;
      this.troubles.raise('rival', rivalError(topics, options.mqtt.url));
    } else if (!isRetained && topic === topics.node && payload === 'offline') {
      // The other one has gone, which says that this one has.
      this.hasRival = false;
      this.troubles.mend('rival');
      this.announce();
    }
  }

  private execute(command: DeviceCommand): void {
    const { room, usePreset, listen, report } = this.options;
    if (command.do === 'preset') usePreset(command.preset);
    else if (command.do === 'listen') listen(command.isWanted);
    else if (command.do === 'fact') room.execute(command.command).catch(report);
    else {
      const answer = command.do === 'answer' ? command.answer : command.told;
      if (answer === undefined) report('There is no cry yet that this answer could be about.');
      else room.execute({ do: 'answer', ...answer }).catch(report);
    }
  }
}

function rivalError({ node }: DeviceTopics, url: string): DeepInfantError {
  const device = node.replace(/\/node$/, '');
  return new DeepInfantError(
    'mqtt-id',
    `Another service publishes as ${device} at ${url}. Give one of them an 'id' of its own in 'mqtt'.`,
  );
}
