import * as v from 'valibot';
import { check } from '../check.js';
import { isObject } from '../unknown-data.js';
import { SOURCE_STATES, SOURCE_TROUBLES, type SourceHealth } from '../values.js';
import { count, level, name, numberFrom, seconds, sentence, share } from './fields.js';

const rate = numberFrom(1, 10_000_000);
const FORMAT = { codec: name, sampleRate: rate, channels: numberFrom(1, 1024) };

const SOURCE_HEALTH: v.GenericSchema<unknown, SourceHealth> = v.object({
  source: name,
  state: v.picklist(SOURCE_STATES),
  since: numberFrom(0, 8.64e15),
  positionS: numberFrom(0, 1e12),
  restarts: count,
  lostS: numberFrom(0, 1e12),
  levelDb: v.nullable(level),
  clipping: share,
  driftMs: numberFrom(-1e12, 1e12),
  // Messages that were kept before it was counted lack it.
  clockSteps: v.optional(count, 0),
  format: v.nullable(
    v.object({
      ...FORMAT,
      declaredRate: v.optional(rate),
      track: v.optional(count),
      channel: v.optional(count),
      device: v.optional(name),
      pauses: v.optional(v.literal(true)),
    }),
  ),
  tracks: v.optional(
    v.pipe(v.array(v.object({ ...FORMAT, levelsDb: v.array(v.nullable(level)) })), v.maxLength(64)),
  ),
  trouble: v.optional(v.picklist(SOURCE_TROUBLES)),
  error: v.optional(sentence),
  code: v.optional(name),
  retryInS: v.optional(seconds),
});

/** Whether a value claims to be the health of a live source: whoever reads it then gets the health or an error. */
export function isLikeSourceHealth(value: unknown): boolean {
  return isObject(value) && 'positionS' in value && 'since' in value;
}

/**
 * The health of a source that a message or a socket brings.
 * @throws DeepInfantError `invalid`
 */
export function readSourceHealth(value: unknown): SourceHealth {
  return check(SOURCE_HEALTH, value, 'source status');
}
