import { amplitudeOfDb } from '../maths/decibels.js';

/** What every synthesiser takes; the same options give the same samples. */
export interface SynthOptions {
  /** Any integer. */
  seed: number;
  /** Length in seconds. */
  durationS: number;
}

/** A copy whose largest magnitude lies at a level in dB of full scale; silence stays silence. */
export function toPeak(samples: Float32Array, db: number): Float32Array {
  const peak = samples.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  return scale(samples, peak, db);
}

/** A copy whose root mean square lies at a level in dB of full scale; silence stays silence. */
export function toRms(samples: Float32Array, db: number): Float32Array {
  const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
  return scale(samples, rms, db);
}

function scale(samples: Float32Array, from: number, db: number): Float32Array {
  const factor = from > 0 ? amplitudeOfDb(db) / from : 0;
  return samples.map(x => x * factor);
}

/** Adds a sound to a mix, in place, from a sample on; what lies beyond the end of the mix is dropped. */
export function addAt(mix: Float32Array, sound: Float32Array, firstSample: number): void {
  const end = Math.min(sound.length, mix.length - firstSample);
  for (let i = 0; i < end; i++) mix[firstSample + i] += sound[i];
}
