import { DeepInfantError } from '../errors.js';
import { Device, type DeviceCommand } from '../hass/device/device.js';
import { claimDevice } from '../hass/device/device-id.js';
import { entityNamesIn } from '../hass/device/entity-names.js';
import type { Preset } from '../model/manifest.js';
import { packageVersion } from '../package-root.js';
import { Troubles } from '../troubles.js';
import type { MqttConfig } from './config/schema.js';
import { BrokerConnection } from './broker-connection.js';
import type { Part } from './parts.js';
import type { Room } from './room.js';

const DOCS_URL = 'https://github.com/deepinfant/node-red/blob/main/docs/serve.md';

export interface RoomDeviceOptions {
  room: Room;
  mqtt: MqttConfig;
  preset: Preset;
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
  private running: { device: Device; broker: BrokerConnection; end: () => void } | undefined;
  private error: string | undefined;

  constructor(private readonly options: RoomDeviceOptions) {
    this.troubles = new Troubles(options.report);
  }

  /** What keeps it from its broker, if anything. */
  get trouble(): string | undefined {
    return this.running?.broker.isConnected ? undefined : (this.error ?? 'Connecting to the MQTT broker.');
  }

  async start(): Promise<void> {
    const { room, mqtt, preset, isRoom, report } = this.options;
    const { name, folder, language } = room.settings;
    const deviceName = name || 'Baby';
    const { id, file, release } = claimDevice(folder, { id: `room ${name}`, name: deviceName }, owner =>
      isRoom(owner.replace(/^room /, '')),
    );
    const device: Device = new Device({
      id,
      name: deviceName,
      node: `room ${name}`,
      broker: mqtt.url,
      url: mqtt.url,
      prefix: mqtt.discovery_prefix,
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
    const broker: BrokerConnection = new BrokerConnection(
      { ...mqtt, will: device.will },
      {
        connected: () => {
          this.error = undefined;
          this.troubles.mend('broker');
          this.announce(device, broker);
        },
        failed: error => {
          this.error = `The MQTT broker ${mqtt.url} cannot be reached: ${error}`;
          this.troubles.raise('broker', new DeepInfantError('broker', this.error));
        },
        message: (topic, payload) => {
          const command = device.receive(topic, payload);
          if (command) this.execute(command);
        },
      },
    );
    const end = room.listen(incoming => {
      if (incoming.kind === 'cry') device.pushCry(incoming.cry);
      else if (incoming.kind === 'health') device.pushHealth(incoming.health);
      else if (incoming.kind === 'answer') device.pushAnswer(incoming.answer, incoming.accuracy);
      else if (incoming.kind === 'no-answer') device.withdrawAnswer(incoming.cry);
      if ('baby' in incoming && incoming.baby !== undefined)
        device.pushBaby({ cry: incoming.cry, baby: incoming.baby });
    });
    this.running = {
      device,
      broker,
      end: () => {
        end();
        release();
      },
    };
    // What is asked for in Home Assistant holds before anything is heard.
    for (const command of device.start()) this.execute(command);
    await broker.open(device.subscriptions);
  }

  async stop(): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    // Its last messages come first.
    await running.device.stop(false);
    await running.broker.close();
    running.end();
  }

  private announce(device: Device, broker: BrokerConnection): void {
    const { former } = device;
    if (former?.url === this.options.mqtt.url) for (const message of former.messages) broker.publish(message);
    else if (former)
      this.options.report(
        `The device was on ${former.url} before. Delete it there, or remove the retained messages below deepinfant/.`,
      );
    device.publishAll();
  }

  private execute(command: DeviceCommand): void {
    const { room, usePreset, listen, report } = this.options;
    if (command.do === 'preset') usePreset(command.preset);
    else if (command.do === 'listen') listen(command.isWanted);
    else {
      const answer = command.do === 'answer' ? command.answer : command.told;
      if (answer === undefined) report('There is no cry yet that this answer could be about.');
      else room.execute({ do: 'answer', ...answer }).catch(report);
    }
  }
}
