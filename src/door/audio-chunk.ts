import * as v from 'valibot';
import { check } from '../check.js';
import { isObject } from '../unknown-data.js';
import { SAMPLE_RATE, type AudioChunk } from '../values.js';
import { count, name, soundTime } from './fields.js';

/** Longer chunks would hold up everything else while they are scored. */
const MOST_SECONDS = 60;

const AUDIO_CHUNK: v.GenericSchema<unknown, AudioChunk> = v.object({
  samples: v.pipe(
    v.instance(Float32Array, 'a Float32Array'),
    v.minLength(1, 'at least one sample'),
    v.maxLength(MOST_SECONDS * SAMPLE_RATE, `at most ${MOST_SECONDS} s of audio`),
    v.check(samples => areFinite(samples), 'finite amplitudes'),
  ),
  firstSample: count,
  at: soundTime,
  source: name,
  lost: v.optional(count, 0),
});

/** By index: a call for each sample would take as long as the log-mel. */
function areFinite(samples: ArrayLike<number>): boolean {
  for (let i = 0; i < samples.length; i++) if (!Number.isFinite(samples[i])) return false;
  return true;
}

/** Whether a value claims to be a chunk of audio: whoever reads it then gets the chunk or an error. */
export function isLikeAudioChunk(value: unknown): boolean {
  return isObject(value) && 'samples' in value;
}

/**
 * The chunk that a message brings; it shares its samples with the message.
 * @throws DeepInfantError `invalid`
 */
export function readAudioChunk(value: unknown): AudioChunk {
  return check(AUDIO_CHUNK, value, 'audio chunk');
}
