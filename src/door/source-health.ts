import * as v from 'valibot';
import { check } from '../check.js';
import { isObject } from '../unknown-data.js';
import { SOURCE_STATES, SOURCE_TROUBLES, type SourceHealth } from '../values.js';
import { count, level, name, numberFrom, seconds, sentence, share } from './fields.js';

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
  format: v.nullable(
    v.object({ codec: name, sampleRate: numberFrom(1, 10_000_000), channels: numberFrom(1, 1024) }),
  ),
  trouble: v.optional(v.picklist(SOURCE_TROUBLES)),
  error: v.optional(sentence),
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
