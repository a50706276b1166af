import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { packageVersion } from '../package-root.js';
import { reasonLine } from '../reason/sentences.js';
import type { Language } from '../texts/language.js';
import { isHeard } from '../values.js';
import { errorOfCode, errorTextIn, healthIn } from '../texts/trouble-text.js';
import type {
  ConnectionState,
  PageMessage,
  PageState,
  RoomState,
  ShardState,
  SourceStateLine,
} from './page-state.js';
import { metric, type Sample } from './metrics.js';
import { type RunningRoom, type Service, titleOf } from './service.js';

/** Of messages; older ones are in the log. */
const MOST_MESSAGES = 50;
const LAG_RESOLUTION_MS = 20;

/** What a service does now, for people and for monitoring. */
export class Status {
  language: Language = 'en';
  private readonly messages: PageMessage[] = [];
  private readonly lag: IntervalHistogram = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  private readonly version = packageVersion();

  constructor(private readonly service: Service) {
    this.lag.enable();
  }

  /** Takes what a person should know. */
  push(what: string, message: string): void {
    this.messages.push({ at: Date.now(), what, message });
    this.messages.splice(0, this.messages.length - MOST_MESSAGES);
  }

  /** Whether every source is heard. A shard may have none: its rooms may be few, or still heard by another service. */
  get isReady(): boolean {
    const { sources, service } = this;
    const mayBeNone = service.isUp && service.options.shard !== undefined;
    return (sources.length > 0 || mayBeNone) && sources.every(({ state }) => isHeard(state));
  }

  get state(): PageState {
    const { language, version, shard, rooms, sources, connections, messages } = this;
    return { language, version, shard, rooms, sources, connections, messages };
  }

  /** In Prometheus's text format (prometheus.io, Exposition formats). */
  get metrics(): string {
    const { sources, service, shard } = this;
    const rooms = [...service.rooms.values()];
    const ofSources = (value: (line: SourceStateLine) => number | null): Sample[] =>
      sources.map(line => ({ labels: { source: line.source }, value: value(line) }));
    const ofRooms = (value: (room: RunningRoom) => number | null): Sample[] =>
      rooms.map(room => ({ labels: { room: titleOf(room.name) }, value: value(room) }));
    const healthOf = ({ source }: SourceStateLine) => service.sources.get(source)?.health;
    const { user, system } = process.cpuUsage();
    const lagS = this.lag.percentile(99) / 1e9;
    this.lag.reset();
    return [
      metric(
        'gauge',
        'source_up',
        'Whether the source is heard.',
        ofSources(({ state }) => Number(isHeard(state))),
      ),
      metric(
        'counter',
        'source_heard_seconds_total',
        'Sound that was heard.',
        ofSources(line => {
          const { positionS = 0, lostS = 0 } = healthOf(line) ?? {};
          return positionS - lostS;
        }),
      ),
      metric(
        'counter',
        'source_lost_seconds_total',
        'Sound that was lost.',
        ofSources(({ lostS }) => lostS),
      ),
      metric(
        'counter',
        'source_restarts_total',
        'How often the source was opened again.',
        ofSources(({ restarts }) => restarts),
      ),
      metric(
        'gauge',
        'source_level_db',
        'Level of the last second, in dB of full scale.',
        ofSources(({ levelDb }) => levelDb),
      ),
      metric(
        'gauge',
        'source_cry_score',
        'Cry probability of the last step.',
        ofSources(({ score }) => score),
      ),
      metric(
        'counter',
        'source_cries_total',
        'Cries that began.',
        ofSources(({ source }) => service.cries.get(source) ?? 0),
      ),
      metric(
        'gauge',
        'room_crying',
        'Whether a baby of the room cries.',
        ofRooms(({ room }) => Number(room?.newest?.isRunning ?? false)),
      ),
      metric(
        'gauge',
        'room_dropped_seconds',
        'Sound that was dropped since this computer is too slow.',
        ofRooms(({ detectors }) => {
          const status = detectors?.status;
          return status?.state === 'behind' ? status.droppedS : 0;
        }),
      ),
      metric(
        'gauge',
        'room_troubles',
        'Troubles of the journal and of what is known of the babies.',
        ofRooms(({ room }) => room?.troubles.length ?? 1),
      ),
      metric(
        'gauge',
        'shard_info',
        'Which of how many shards this is.',
        shard ? [{ labels: { shard: String(shard.number), of: String(shard.of) }, value: 1 }] : [],
      ),
      metric(
        'gauge',
        'room_waiting',
        'Whether another service has not stopped hearing the room of this shard.',
        shard
          ? [
              ...ofRooms(() => 0),
              ...shard.waiting.map(({ room }) => ({ labels: { room: titleOf(room) }, value: 1 })),
            ]
          : [],
      ),
      metric(
        'gauge',
        'connection_up',
        'Whether the connection works.',
        this.connections.map(({ name, trouble }) => ({
          labels: { connection: name },
          value: Number(trouble === null),
        })),
      ),
      metric('gauge', 'event_loop_lag_p99_seconds', 'Since the last scrape.', [{ labels: {}, value: lagS }]),
      metric('counter', 'cpu_seconds_total', 'Processor time of this process.', [
        { labels: {}, value: (user + system) / 1e6 },
      ]),
      metric('gauge', 'resident_memory_bytes', 'Memory of this process.', [
        { labels: {}, value: process.memoryUsage.rss() },
      ]),
    ].join('');
  }

  private get shard(): ShardState | null {
    const { waiting, options } = this.service;
    if (options.shard === undefined) return null;
    return { ...options.shard, waiting: [...waiting].map(([room, why]) => ({ room, why })) };
  }

  private get rooms(): RoomState[] {
    return [...this.service.rooms.values()].map(({ name, isListening, room }) => {
      const { newest } = room ?? {};
      const names = room?.settings.babies.map(baby => baby.name) ?? [];
      const cry = newest && {
        id: newest.id,
        isRunning: newest.isRunning,
        text: newest.reason
          ? reasonLine(
              { ...newest, state: newest.isRunning ? 'ongoing' : 'ended', reason: newest.reason },
              names,
              this.language,
            )
          : '',
        answer: newest.answer?.reason ?? null,
        at: newest.onset,
      };
      return {
        room: name,
        title: titleOf(name),
        isListening,
        cry: cry ?? null,
        troubles: room?.troubles ?? [],
      };
    });
  }

  private get sources(): SourceStateLine[] {
    return [...this.service.rooms.values()].flatMap(({ name, sources, detectors }) =>
      sources.map(source => {
        const running = this.service.sources.get(source);
        const health = running?.health;
        return {
          source,
          room: name,
          hasSound: running?.hasSound ?? false,
          state: health?.state ?? 'starting',
          levelDb: health?.levelDb ?? null,
          score: detectors?.lastScores.get(source) ?? null,
          lostS: health?.lostS ?? 0,
          restarts: health?.restarts ?? 0,
          error: (health && healthIn(this.language, health).error) ?? null,
        };
      }),
    );
  }

  private get connections(): ConnectionState[] {
    const { hassHealth, rooms } = this.service;
    const say = (code: string, text: string): string => errorOfCode(this.language, code, text);
    const hass = hassHealth && {
      name: 'Home Assistant',
      trouble:
        hassHealth.state === 'connected'
          ? null
          : say(hassHealth.code ?? 'connecting', hassHealth.error ?? 'Connecting.'),
    };
    const devices = [...rooms.values()].flatMap(({ name, device }) =>
      device
        ? [
            {
              name: `MQTT, ${titleOf(name)}`,
              trouble: device.trouble ? errorTextIn(this.language, device.trouble) : null,
            },
          ]
        : [],
    );
    return [...(hass ? [hass] : []), ...devices];
  }
}
