import * as v from 'valibot';
import { check } from '../check.js';
import { StateFile } from '../files/state-file.js';
import type { DeviceMessage } from '../hass/device/device.js';
import { deviceIdOf, firstFree } from '../hass/device/device-id.js';
import type { DeviceTopics } from '../hass/device/discovery.js';
import type { CryEvent, SourceHealth } from '../values.js';

/** Events that wait for the broker; the oldest are dropped. */
const MOST_WAITING = 200;
/** More than enough to tell voices apart, in a third of the characters. */
const EMBEDDING_DIGITS = 4;

const WAITING = v.array(v.string());

export interface RoomFeedOptions {
  topics: DeviceTopics;
  /** Keeps the events that wait for the broker. */
  file: string;
  /** @param taken is called when the broker has it. @returns whether there is a connection */
  publish: (message: DeviceMessage, taken?: () => void) => boolean;
  /** Gets what goes wrong with the file. */
  report: (error: unknown) => void;
}

/**
 * Publishes the cries of a room and the health of its sources for other programs: docs/mqtt.md. That a cry began or ended is
 * on disk until the broker has it, so it may be published twice, but never not at all.
 */
export class RoomFeed {
  private readonly file: StateFile<string[]>;
  private waiting: { payload: string; isSent: boolean }[] = [];
  /** By the names of the sources. */
  private readonly health = new Map<string, { key: string; payload: string }>();
  /** Resolves when the beginnings and ends that came so far are on disk. */
  saved: Promise<void> = Promise.resolve();

  constructor(private readonly options: RoomFeedOptions) {
    this.file = new StateFile(
      {
        path: options.file,
        what: 'events that wait for the MQTT broker',
        version: 1,
        check: json => check(WAITING, json, 'events that wait for the MQTT broker'),
      },
      options.report,
    );
  }

  open(): void {
    this.waiting = (this.file.open() ?? []).map(payload => ({ payload, isSent: false }));
  }

  /** Resolves when all that came is published, if there is a connection. */
  async flush(): Promise<void> {
    await this.saved;
    this.publishWaiting();
  }

  /** Call it once the connection is closed. Resolves when what still waits is on disk. */
  async close(): Promise<void> {
    await this.save();
    await this.file.close();
  }

  pushCry(event: CryEvent): void {
    const payload = payloadOf(event);
    if (event.state === 'ongoing') {
      // The next one follows in seconds.
      if (this.waiting.every(({ isSent }) => isSent)) this.publish(payload);
      return;
    }
    this.waiting.push({ payload, isSent: false });
    this.waiting = this.waiting.slice(-MOST_WAITING);
    this.saved = this.save().then(() => {
      this.publishWaiting();
    });
  }

  pushHealth(health: SourceHealth): void {
    const { source } = health;
    const isFree = (key: string): boolean => [...this.health.values()].every(known => known.key !== key);
    const key = this.health.get(source)?.key ?? firstFree(deviceIdOf(source), isFree);
    const payload = JSON.stringify(health);
    this.health.set(source, { key, payload });
    this.publishHealth(key, payload);
  }

  /** Publishes what is, and what waits, as after a connection. */
  publishAll(): void {
    for (const { key, payload } of this.health.values()) this.publishHealth(key, payload);
    this.publishWaiting();
  }

  private publishHealth(key: string, payload: string): void {
    this.options.publish({ topic: this.options.topics.healthOf(key), payload, retain: true });
  }

  private publishWaiting(): void {
    for (const event of this.waiting) {
      if (event.isSent) continue;
      event.isSent = this.publish(event.payload, () => {
        this.waiting = this.waiting.filter(other => other !== event);
        void this.save();
      });
      if (!event.isSent) return;
    }
  }

  private publish(payload: string, taken?: () => void): boolean {
    return this.options.publish({ topic: this.options.topics.cry, payload, retain: false }, taken);
  }

  private save(): Promise<void> {
    return this.file.save(() => this.waiting.map(({ payload }) => payload));
  }
}

/** What of an event is of use elsewhere: not the paths of its files. */
function payloadOf(event: CryEvent): string {
  const embedding = Array.from(event.embedding, value => Number(value.toPrecision(EMBEDDING_DIGITS)));
  return JSON.stringify({ ...event, embedding, clip: undefined, picture: undefined });
}
