import { CryVoiceMean } from '../../src/detect/cry-voice.js';
import { NoiseFloor } from '../../src/detect/noise-floor.js';
import { measureVoice } from '../../src/features/voice.js';
import { SAMPLE_RATE, type CryVoice } from '../../src/values.js';
import { HOP_S, HOP_SAMPLES } from './steps.js';

/** The voice of a cry that is heard in some of the hops of a recording, by default in all. */
export function voiceIn(samples: Float32Array, isHeard: (hop: number) => boolean = () => true): CryVoice {
  const floor = new NoiseFloor();
  const mean = new CryVoiceMean();
  for (let hop = 0; (hop + 1) * HOP_SAMPLES <= samples.length; hop++) {
    const voice = measureVoice(samples.subarray(hop * HOP_SAMPLES, (hop + 1) * HOP_SAMPLES));
    floor.push(voice, HOP_S);
    if (isHeard(hop)) mean.push(voice, floor.powers, HOP_S);
  }
  return mean.voice;
}

/** A sound in a noise that lies `snrDb` below it and was there `beforeS` seconds before. */
export function inNoise(
  sound: Float32Array,
  noise: Float32Array,
  snrDb: number,
  beforeS: number,
): Float32Array {
  const before = Math.round(beforeS * SAMPLE_RATE);
  const scale = Math.sqrt(meanSquare(sound) / meanSquare(noise)) * 10 ** (-snrDb / 20);
  const length = before + sound.length;
  return Float32Array.from({ length }, (_, n) => scale * noise[n] + (n < before ? 0 : sound[n - before]));
}

function meanSquare(samples: Float32Array): number {
  return samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
}
