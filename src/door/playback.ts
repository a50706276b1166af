import * as v from 'valibot';
import { check } from '../check.js';
import { isObject } from '../unknown-data.js';
import { name } from './fields.js';

const PLAYBACK = v.object({
  /** Name of the recording, or of the demo. */
  source: name,
  state: v.picklist(['starting', 'running', 'ended', 'failed']),
});

/** What is played instead of a microphone or camera. */
export type Playback = v.InferOutput<typeof PLAYBACK>;

/** Whether a value claims to be the state of a playback: whoever reads it then gets the playback or an error. */
export function isLikePlayback(value: unknown): boolean {
  return isObject(value) && typeof value.positionS === 'number' && !('since' in value);
}

/**
 * The playback that a message brings.
 * @throws DeepInfantError `invalid`
 */
export function readPlayback(value: unknown): Playback {
  return check(PLAYBACK, value, 'playback');
}
