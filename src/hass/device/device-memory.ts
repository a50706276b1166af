import * as v from 'valibot';
import { check } from '../../check.js';
import { KEPT_CRY } from '../../door/kept-cry.js';
import { PRESETS } from '../../model/manifest.js';
import { isObject } from '../../unknown-data.js';
import { REASONS } from '../../values.js';
import { checkCountedCries, type CountedCries, NO_CRIES } from './cry-count.js';

/** Cries that are known to have ended; the oldest are forgotten. */
const MOST_ENDED = 50;
/** Events that wait for the broker or Home Assistant; the oldest are dropped. */
export const MOST_EVENTS = 200;
/** More cries than go on at once. */
const MOST_RUNNING = 50;

/** Where the device was announced, so that it can be removed there when it moves. */
const ANNOUNCED = v.object({
  /** The broker node's id, and its address. */
  broker: v.string(),
  url: v.string(),
  prefix: v.string(),
  /** The entities, each with its platform. */
  components: v.record(v.string(), v.string()),
});
export type Announced = v.InferOutput<typeof ANNOUNCED>;

/** How often the reason was right, as shares. */
const ACCURACY = v.object({
  accuracy: v.nullable(v.number()),
  baselineAccuracy: v.nullable(v.number()),
  answers: v.number(),
});
export type Accuracy = v.InferOutput<typeof ACCURACY>;

const ANSWER = v.object({
  cry: v.string(),
  reason: v.picklist(REASONS),
  at: v.number(),
  by: v.optional(v.string()),
});

const EVENT = v.pipe(v.string(), v.check(isEvent, 'not an event'));

/** An event that was sent: the cry's id, and when, epoch ms. */
const SENT_EVENT = v.object({ cry: v.string(), payload: EVENT, at: v.number() });
export type SentEvent = v.InferOutput<typeof SENT_EVENT>;

const MEMORY = v.object({
  /** Id of the node that had it last. */
  node: v.string(),
  /** The device's name when it was new, which the ids of its entities keep; empty where that was not noted. */
  firstName: v.optional(v.string(), ''),
  counted: v.unknown(),
  /** The cries that go on. */
  running: v.array(KEPT_CRY),
  /** Ids of cries that are over: their end was published. */
  ended: v.array(v.string()),
  /** The newest cry, which answers are about; the answer to it that was given last, and whose somebody said it was. */
  last: v.nullable(KEPT_CRY),
  answer: v.nullable(ANSWER),
  baby: v.nullable(v.string()),
  accuracy: v.nullable(ACCURACY),
  /** What somebody chose in Home Assistant, and what the detector was set to then. */
  preset: v.nullable(v.object({ chosen: v.picklist(PRESETS), over: v.picklist(PRESETS) })),
  isListening: v.boolean(),
  /** Names of the sources, and of the babies where there are several. */
  sources: v.array(v.string()),
  babies: v.array(v.string()),
  /** Events that wait for the broker or Home Assistant, as they will be published. */
  events: v.array(EVENT),
  /** Those that Home Assistant missed if it comes back only now. */
  unsure: v.optional(v.array(SENT_EVENT), () => []),
  announced: v.nullable(ANNOUNCED),
});

/** Whether a text is JSON that names its cry. */
function isEvent(text: string): boolean {
  try {
    const event: unknown = JSON.parse(text);
    return isObject(event) && typeof event.cry === 'string';
  } catch {
    return false;
  }
}

/** What a device knows over restarts. */
export interface DeviceMemory extends Omit<v.InferOutput<typeof MEMORY>, 'counted'> {
  counted: CountedCries;
}

export const DEVICE_MEMORY_VERSION = 2;

export function emptyMemory(node: string): DeviceMemory {
  return {
    node,
    firstName: '',
    counted: NO_CRIES,
    running: [],
    ended: [],
    last: null,
    answer: null,
    baby: null,
    accuracy: null,
    preset: null,
    isListening: true,
    sources: [],
    babies: [],
    events: [],
    unsure: [],
    announced: null,
  };
}

/** @throws DeepInfantError `invalid` */
export function checkDeviceMemory(json: unknown, version: number): DeviceMemory {
  // Until version 1 it held the cries of the night alone.
  if (version < 2) return { ...emptyMemory(''), counted: checkCountedCries(json, version) };
  const memory = check(MEMORY, json, 'memory of the device');
  return { ...memory, counted: checkCountedCries(memory.counted, 1) };
}

/** Keeps a memory within its bounds. */
export function bound(memory: DeviceMemory): DeviceMemory {
  return Object.assign(memory, {
    running: memory.running.slice(-MOST_RUNNING),
    ended: memory.ended.slice(-MOST_ENDED),
    events: memory.events.slice(-MOST_EVENTS),
    unsure: memory.unsure.slice(-MOST_EVENTS),
  });
}
