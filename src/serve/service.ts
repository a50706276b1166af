import path from 'node:path';
import { LiveSources } from '../audio/live/live-sources.js';
import { encodePart } from '../encode-part.js';
import { DeepInfantError, messageOf } from '../errors.js';
import { guard } from '../guard.js';
import { makePrivateFolder } from '../files/private.js';
import type { Incoming } from '../hass/incoming.js';
import { deviceIdOf, firstFree } from '../hass/device/device-id.js';
import type { SharedHass } from '../hass/shared-hass.js';
import type { HassHealth } from '../hass/connection.js';
import type { Preset } from '../model/manifest.js';
import { reasonLine } from '../reason/sentences.js';
import { Turns } from '../turns.js';
import type { CryEvent, SourceHealth } from '../values.js';
import type { Config, MqttConfig, SourceConfig } from './config/schema.js';
import {
  ListenedSource,
  liveSourceOf,
  type RunningSource,
  type SoundSourceConfig,
} from './listened-source.js';
import { type Part, Parts, type WantedPart } from './parts.js';
import { journalFolder, Room } from './room.js';
import { RoomDetectors } from './room-detectors.js';
import type { RoomDevice } from './room-device.js';
import { RoomLocks } from './room-locks.js';
import { type RoomPlan, roomsOf } from './rooms.js';
import { SatelliteSource } from './satellite-source.js';
import { serviceIdIn } from './service-id.js';
import { roomsOfShard, type Shard } from './shard.js';

/** So often it looks whether another service still hears a room of this shard. */
const LOOK_EVERY_MS = 1000;

/** A room, and what belongs to it as long as it runs. */
export interface RunningRoom {
  readonly name: string;
  /** As the configuration says, until somebody chooses another one in Home Assistant. */
  preset: Preset;
  /** Whether its sources are to be listened to. */
  isListening: boolean;
  sources: readonly string[];
  room?: Room;
  detectors?: RoomDetectors;
  device?: RoomDevice;
}

export interface ServiceOptions {
  /** Where everything is kept, unless the configuration says otherwise. */
  folder: string;
  /** Which rooms it hears; without it: all. */
  shard?: Shard;
  /** Gets what a person should know. @param what names a source, a room or a connection */
  report: (what: string, message: string) => void;
}

/** What a connection to Home Assistant needs. */
type Home = NonNullable<Config['home_assistant']>;

/**
 * Listens to sources, and tells people and Home Assistant what it hears, as a configuration says. What that does not ask for
 * is not even loaded: it would take some 10 MB.
 */
export class Service {
  /** By their names. */
  readonly rooms = new Map<string, RunningRoom>();
  readonly sources = new Map<string, RunningSource>();
  /** How many cries began, by source. */
  readonly cries = new Map<string, number>();
  private hass: SharedHass | undefined;
  private readonly liveSources = new LiveSources();
  /** What sends sound, and what makes of it what people see: these stop first and start last. */
  private readonly inputs: Parts;
  private readonly outputs: Parts;
  private preset: Preset | undefined;
  /** What MQTT brokers know it by; '' before it needs one. */
  private serviceId = '';
  /** Events that arrive while rooms are made anew. */
  private held: (() => void)[] | undefined;
  private readonly turns = new Turns();
  private readonly locks = new RoomLocks();
  /** What it does now; undefined before its start and after its end. */
  private config: Config | undefined;
  private looking: NodeJS.Timeout | undefined;
  /** Why rooms of this shard are not heard here, by their names: another service has not stopped hearing them. */
  readonly waiting = new Map<string, string>();

  constructor(readonly options: ServiceOptions) {
    const report = (what: string, error: unknown): void => {
      options.report(what, messageOf(error));
    };
    this.inputs = new Parts(report);
    this.outputs = new Parts(report);
  }

  /** Whether it has taken up a configuration. */
  get isUp(): boolean {
    return this.config !== undefined;
  }

  /** The state of the connection to Home Assistant, where there is one. */
  get hassHealth(): HassHealth | undefined {
    return this.hass?.health;
  }

  /** Takes up a configuration, also in place of another one: what is the same in both goes on. */
  use(config: Config): Promise<void> {
    return this.turns.take(async () => {
      await this.takeUp(config);
      this.config = config;
      if (this.options.shard)
        this.looking ??= setInterval(
          guard(() => this.turns.take(() => this.look()), this.reporterOf('Rooms')),
          LOOK_EVERY_MS,
        );
    });
  }

  /** Ends the cries that go on; resolves when all that became known is on disk and sent. */
  stop(): Promise<void> {
    return this.turns.take(async () => {
      clearInterval(this.looking);
      this.looking = undefined;
      this.config = undefined;
      await this.stopInputs([]);
      await this.outputs.stopOthers([]);
      this.locks.giveBackOthers([]);
    });
  }

  /** Takes over rooms that another service has stopped hearing, and leaves those that another one has taken. */
  private async look(): Promise<void> {
    const { config } = this;
    if (config === undefined) return;
    const rooms = this.takeRooms(config).map(({ name }) => name);
    const isSame = rooms.length === this.rooms.size && rooms.every(name => this.rooms.has(name));
    if (!isSame) await this.takeUp(config);
  }

  private async takeUp(config: Config): Promise<void> {
    const folder = this.folderOf(config);
    makeFolder(folder);
    if (config.mqtt) this.serviceId ||= await serviceIdIn(folder, this.reporterOf('MQTT'));
    const plans = this.takeRooms(config);
    const rooms = plans.map(plan => this.roomOf(plan, config.preset));
    this.preset = config.preset;
    const ids = deviceIds(config);
    const outputs = [
      ...this.hassParts(config, folder),
      ...plans.flatMap((plan, i) => this.roomParts(rooms[i], plan, config, folder, ids)),
    ];
    const inputs = [
      ...rooms.map(room => this.detectorsPart(room, folder)),
      ...config.sources.flatMap(source => {
        const room = rooms.find(({ sources }) => sources.includes(source.name));
        return room ? [this.sourcePart(source, room, config)] : [];
      }),
    ];
    await this.stopInputs(inputs);
    this.held = [];
    await this.outputs.stopOthers(outputs);
    for (const name of this.rooms.keys())
      if (!plans.some(plan => plan.name === name)) this.rooms.delete(name);
    this.locks.giveBackOthers(plans.map(plan => journalFolder(folder, plan)));
    await this.outputs.startMissing(outputs);
    const { held } = this;
    this.held = undefined;
    for (const deliver of held) deliver();
    await this.inputs.startMissing(inputs);
    for (const { detectors, preset } of rooms) await detectors?.usePreset(preset);
  }

  /** A cry that goes on in a source that goes ends in its room, and whatever shows the room's cries gets its end. */
  private async stopInputs(wanted: readonly WantedPart[]): Promise<void> {
    await this.inputs.stopOthers(wanted);
    for (const { room } of this.rooms.values()) await room?.settled();
  }

  private folderOf(config: Config): string {
    return config.folder ?? this.options.folder;
  }

  /** The rooms to hear: of a shard those that no other service hears. */
  private takeRooms(config: Config): RoomPlan[] {
    const rooms = roomsOf(config);
    const { shard } = this.options;
    if (shard === undefined) return rooms;
    const ofShard = roomsOfShard(rooms, shard);
    for (const name of this.waiting.keys())
      if (!ofShard.some(room => room.name === name)) this.waiting.delete(name);
    return ofShard.filter(room => {
      const why = this.locks.take(journalFolder(this.folderOf(config), room));
      if (why === undefined) this.waiting.delete(room.name);
      else {
        if (!this.waiting.has(room.name)) this.options.report(titleOf(room.name), why);
        this.waiting.set(room.name, why);
      }
      return why === undefined;
    });
  }

  private roomOf({ name, sources }: RoomPlan, preset: Preset): RunningRoom {
    const room = this.rooms.get(name) ?? { name, preset, isListening: true, sources };
    this.rooms.set(name, room);
    room.sources = sources;
    if (preset !== this.preset) room.preset = preset;
    return room;
  }

  private hassParts({ home_assistant: home }: Config, folder: string): WantedPart[] {
    if (home === undefined) return [];
    const what = 'Home Assistant';
    const report = this.reporterOf(what);
    const make = async (): Promise<Part> => {
      const { HomeZone } = await import('../hass/home-zone.js');
      const { SharedHass } = await import('../hass/shared-hass.js');
      // Another zone than Home Assistant's is no trouble: nothing beside this has a clock of its own.
      const warn = (): void => undefined;
      const zone = new HomeZone({ file: path.join(folder, 'home.json'), report, warn });
      const shared = new SharedHass(home, zone, report);
      return {
        start: () => {
          this.hass = shared;
          shared.open();
        },
        stop: async () => {
          this.hass = undefined;
          await shared.close();
        },
      };
    };
    return [{ key: hassKey(home, folder), what, make }];
  }

  /** The room, and what shows its cries, in the order in which they start. */
  private roomParts(
    running: RunningRoom,
    plan: RoomPlan,
    config: Config,
    folder: string,
    ids: ReadonlyMap<string, string>,
  ): WantedPart[] {
    const { journal, language, mqtt, home_assistant: home, preset } = config;
    const { name, babies } = plan;
    const title = titleOf(name);
    const key = JSON.stringify(['room', name, babies, journal, language, folder]);
    const parts: WantedPart[] = [
      { key, what: title, make: () => this.makeRoom(running, plan, config, folder) },
    ];
    if (mqtt)
      parts.push({
        key: JSON.stringify(['mqtt', key, mqtt, preset]),
        what: `${title}, MQTT`,
        make: async () => {
          const { RoomDevice } = await import('./room-device.js');
          const device = new RoomDevice({
            room: openRoomOf(running),
            mqtt,
            serviceId: this.serviceId,
            preset,
            wantedId: ids.get(name)!,
            isRoom: other => ids.has(other),
            usePreset: chosen => {
              running.preset = chosen;
              void running.detectors?.usePreset(chosen);
            },
            listen: isWanted => {
              void this.listen(running, isWanted);
            },
            report: this.reporterOf(`${title}, MQTT`),
          });
          running.device = device;
          return {
            start: () => device.start(),
            stop: async () => {
              await device.stop();
              running.device = undefined;
            },
          };
        },
      });
    if (home)
      parts.push({
        key: JSON.stringify(['alerts', key, home]),
        what: `${title}, Home Assistant`,
        make: async () => {
          const { RoomAlerts } = await import('./room-alerts.js');
          return new RoomAlerts({
            room: openRoomOf(running),
            shared: this.hass!,
            home,
            report: this.reporterOf(`${title}, Home Assistant`),
          });
        },
      });
    return parts;
  }

  private makeRoom(running: RunningRoom, { name, babies }: RoomPlan, config: Config, folder: string): Part {
    const { journal, language } = config;
    const { report } = this.options;
    const room = new Room(
      {
        name,
        babies: babies.map(baby => ({ name: baby.name, birthDate: baby.birth_date })),
        folder,
        keeping: { hasSound: journal.sound, days: journal.days, soundMb: journal.sound_mb },
        language,
        lock: this.options.shard && this.locks.journalLock(journalFolder(folder, { name, babies })),
      },
      this.reporterOf(titleOf(name)),
    );
    const log = (incoming: Incoming): void => {
      if (incoming.kind !== 'cry' || incoming.cry.state === 'ongoing') return;
      const { cry } = incoming;
      if (cry.state === 'started') this.cries.set(cry.source, (this.cries.get(cry.source) ?? 0) + 1);
      if (cry.reason)
        report(
          cry.source,
          reasonLine(
            { ...cry, reason: cry.reason },
            babies.map(baby => baby.name),
            language,
          ),
        );
    };
    running.room = room;
    return {
      start: () => {
        room.listen(log);
        return room.start();
      },
      stop: async () => {
        await room.stop();
        running.room = undefined;
      },
    };
  }

  private detectorsPart(running: RunningRoom, folder: string): WantedPart {
    const { name } = running;
    const what = titleOf(name);
    const make = (): Part => {
      const detectors = new RoomDetectors({
        preset: running.preset,
        file: path.join(folder, `cries-${encodePart(name)}.json`),
        scored: chunk => running.room?.pushChunk(chunk),
        emit: event => this.deliver(running, event),
        report: this.reporterOf(what),
      });
      running.detectors = detectors;
      return detectors;
    };
    return { key: JSON.stringify(['detectors', name, folder]), what, make };
  }

  private sourcePart(source: SourceConfig, running: RunningRoom, config: Config): WantedPart {
    const { name } = source;
    let reported = '';
    const pushHealth = (health: SourceHealth): void => {
      const text = healthText(health);
      // What is tried again and fails in the same way is no news.
      const isNews = text !== reported && (health.state !== 'starting' || reported === '');
      if (isNews) {
        this.options.report(name, text);
        reported = text;
      }
      running.room?.pushHealth(health);
    };
    const make = (): Part => {
      const made =
        source.type === 'satellite'
          ? this.makeSatellite(source, running, config.mqtt!, pushHealth)
          : this.makeSound(source, running, pushHealth);
      this.sources.set(name, made);
      return {
        start: () => made.start(),
        stop: async () => {
          await made.stop();
          this.sources.delete(name);
        },
      };
    };
    const connection =
      source.type === 'home_assistant_camera'
        ? hassKey(config.home_assistant!, '')
        : source.type === 'satellite' && config.mqtt;
    return { key: JSON.stringify(['source', source, running.name, connection]), what: name, make };
  }

  private makeSound(
    source: SoundSourceConfig,
    running: RunningRoom,
    health: (health: SourceHealth) => void,
  ): RunningSource {
    const { name } = source;
    return new ListenedSource(
      name,
      this.liveSources,
      () => liveSourceOf(source, this.hass),
      {
        chunk: chunk => {
          void running.detectors?.push(chunk);
        },
        complete: () => running.detectors?.complete(name) ?? Promise.resolve(),
        health,
      },
      () => running.isListening,
    );
  }

  private makeSatellite(
    satellite: Extract<SourceConfig, { type: 'satellite' }>,
    running: RunningRoom,
    mqtt: MqttConfig,
    health: (health: SourceHealth) => void,
  ): RunningSource {
    const { name } = satellite;
    return new SatelliteSource({
      name,
      satellite,
      mqtt,
      serviceId: this.serviceId,
      isWanted: () => running.isListening,
      cry: event => {
        void this.deliver(running, event);
      },
      clip: (cry, mp3, from) => running.room?.keepClip(cry, mp3, from) ?? Promise.resolve(),
      health,
      report: this.reporterOf(name),
    });
  }

  /** Listens to the sources of a room, or not. */
  private async listen(running: RunningRoom, isWanted: boolean): Promise<void> {
    running.isListening = isWanted;
    for (const name of running.sources) {
      await this.sources.get(name)?.listen(isWanted);
    }
  }

  /** Resolves when the event is in the journal and published, or on disk until it is. */
  private deliver(running: RunningRoom, event: CryEvent): Promise<void> {
    const deliver = async (): Promise<void> => {
      try {
        await running.room?.pushCry(event);
        await running.device?.saved();
      } catch (error) {
        this.options.report(titleOf(running.name), messageOf(error));
      }
    };
    const { held } = this;
    if (held === undefined) return deliver();
    return new Promise(resolve => {
      held.push(() => {
        resolve(deliver());
      });
    });
  }

  private reporterOf(what: string): (error: unknown) => void {
    return error => {
      this.options.report(what, messageOf(error));
    };
  }
}

/** @throws DeepInfantError `storage` */
function makeFolder(folder: string): void {
  try {
    makePrivateFolder(folder);
  } catch (error) {
    throw new DeepInfantError(
      'storage',
      `Cannot make the folder ${folder}: ${messageOf(error)}. Name another one as 'folder' in the configuration.`,
      { cause: error },
    );
  }
}

/** @throws DeepInfantError `room` where it could not be opened, which was reported */
function openRoomOf({ room }: RunningRoom): Room {
  if (room) return room;
  throw new DeepInfantError('room', 'It does not work until the room does.');
}

/**
 * What the device of each room is called in topics, unless it had another id before. Also for rooms of other shards: all give
 * two rooms whose names differ in accents alone the same two ids.
 */
function deviceIds(config: Config): Map<string, string> {
  const ids = new Map<string, string>();
  for (const { name } of roomsOf(config)) {
    const wanted = [config.mqtt?.id ?? '', name].join(' ').trim() || 'Baby';
    const taken = [...ids.values()];
    ids.set(
      name,
      firstFree(deviceIdOf(wanted), id => !taken.includes(id)),
    );
  }
  return ids;
}

/** What a room is called, also where no baby has a name. */
export function titleOf(roomName: string): string {
  return roomName || 'Baby';
}

function hassKey({ url, token }: Home, folder: string): string {
  return JSON.stringify(['hass', url, token, folder]);
}

function healthText({ state, error, format }: SourceHealth): string {
  const device = state === 'running' && format?.device ? ` (${format.device})` : '';
  return `${state}${device}${error === undefined ? '' : `: ${error}`}`;
}
