import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Mosquitto } from './mosquitto.js';

/** What a lamp can do: Home Assistant's colour modes. */
type Modes = ('hs' | 'color_temp' | 'brightness' | 'onoff')[];

/** What a lamp says of itself. */
interface BulbState {
  state: 'ON' | 'OFF';
  brightness?: number;
  color?: { h: number; s: number };
  color_temp?: number;
  color_mode?: string;
  effect?: string;
}

type Command = Partial<BulbState> & { transition?: number };

/** A lamp on MQTT: it does what it is told, reports what it does, and can be switched on the wall or lose its power. */
export class Bulb {
  /** What it was told, oldest first. */
  readonly commands: Command[] = [];
  /** How long it takes to say what became of a command. */
  slownessMs = 0;
  readonly entityId: string;
  private readonly topic: string;
  state: BulbState;

  private constructor(
    private readonly client: MqttClient,
    private readonly name: string,
    private readonly modes: Modes,
  ) {
    this.entityId = `light.${name}`;
    this.topic = `bulb/${name}`;
    this.state = { state: 'OFF', color_mode: modes[0] };
  }

  /** Plugs in a lamp that is off. @param name is its entity's id without `light.` */
  static async plugIn(broker: Mosquitto, name: string, modes: Modes): Promise<Bulb> {
    const client = await connectAsync(broker.url);
    const bulb = new Bulb(client, name, modes);
    client.on('message', (_topic, payload) => {
      bulb.obey(JSON.parse(payload.toString()) as Command);
    });
    await client.subscribeAsync(`${bulb.topic}/set`);
    await bulb.announce();
    // A broker that was away may have forgotten it.
    client.on('connect', () => void bulb.announce());
    return bulb;
  }

  async unplug(): Promise<void> {
    // The broker may be gone.
    await this.client.endAsync(true);
  }

  /** Somebody uses the switch on the wall, or the lamp's own remote control. */
  async change(state: Partial<BulbState>): Promise<void> {
    this.state = { ...this.state, ...state };
    await this.report();
  }

  async setAvailable(isAvailable: boolean): Promise<void> {
    const payload = isAvailable ? 'online' : 'offline';
    await this.client.publishAsync(`${this.topic}/available`, payload, { retain: true });
  }

  private async announce(): Promise<void> {
    const config = {
      name: null,
      unique_id: this.name,
      default_entity_id: this.entityId,
      schema: 'json',
      command_topic: `${this.topic}/set`,
      state_topic: `${this.topic}/state`,
      availability_topic: `${this.topic}/available`,
      device: { identifiers: [this.name], name: this.name },
      brightness: this.modes[0] !== 'onoff',
      supported_color_modes: this.modes,
      ...(this.modes.includes('hs') && { effect: true, effect_list: ['Solid', 'Rainbow'] }),
    };
    await this.client.publishAsync(`homeassistant/light/${this.name}/config`, JSON.stringify(config), {
      retain: true,
    });
    await this.setAvailable(true);
    await this.report();
  }

  private obey(command: Command): void {
    this.commands.push(command);
    const {
      state = 'ON',
      brightness = this.state.brightness,
      color,
      color_temp: temperature,
      effect,
    } = command;
    this.state = {
      ...this.state,
      ...(color && { color, color_mode: 'hs' }),
      ...(effect && { effect }),
      ...(temperature && { color_temp: temperature, color_mode: 'color_temp' }),
      state,
      brightness,
    };
    void this.reportLater(JSON.stringify(this.state));
  }

  private async reportLater(state: string): Promise<void> {
    // One that is quick is so before somebody uses its switch.
    if (this.slownessMs > 0) await sleep(this.slownessMs);
    await this.client.publishAsync(`${this.topic}/state`, state, { retain: true });
  }

  private async report(): Promise<void> {
    await this.client.publishAsync(`${this.topic}/state`, JSON.stringify(this.state), { retain: true });
  }
}
