import { SAMPLE_RATE } from '../values.js';
import { Random } from '../maths/random.js';
import { synthesiseCry } from './cry.js';
import { addAt, type SynthOptions } from './level.js';
import { babble, lullaby, roomNoise } from './nursery.js';
import { reverberate } from './room.js';

/** A span of a scene in seconds from its start. */
export interface Span {
  startS: number;
  endS: number;
}

export interface NurseryScene {
  /** Mono at SAMPLE_RATE, in [-1, 1]. */
  samples: Float32Array;
  /** The episodes of crying: from the first burst's start to the last one's end. */
  cries: Span[];
  /** Everything that sounds, cries included. */
  parts: (Span & { name: 'room noise' | 'babble' | 'lullaby' | 'cry' })[];
}

/**
 * A minute in a nursery, as a baby monitor hears it: a quiet room throughout, people talking, a music box, then one
 * episode of crying with peaks at -12 dBFS, and at least 12 s of quiet.
 */
export function nurseryScene(seed: number): NurseryScene {
  const random = new Random(seed);
  const durationS = random.uniform(62, 68);
  const samples = new Float32Array(Math.round(durationS * SAMPLE_RATE));
  const parts: NurseryScene['parts'] = [];
  const add = (
    name: NurseryScene['parts'][number]['name'],
    synthesise: (options: SynthOptions) => Float32Array,
    startS: number,
    endS: number,
  ): void => {
    const dry = synthesise({ seed: random.integer(2 ** 32), durationS: endS - startS });
    fadeOut(dry);
    addAt(samples, name === 'room noise' ? dry : reverberate(dry), Math.round(startS * SAMPLE_RATE));
    parts.push({ name, startS, endS });
  };

  add('room noise', roomNoise, 0, durationS);
  const talkS = random.uniform(4, 7);
  add('babble', babble, talkS, talkS + random.uniform(9, 11));
  const musicS = random.uniform(18, 20);
  add('lullaby', lullaby, musicS, musicS + random.uniform(8, 9));
  const cryS = random.uniform(30, 32);
  add('cry', synthesiseCry, cryS, cryS + random.uniform(15, 18));
  return { samples, parts, cries: parts.filter(({ name }) => name === 'cry') };
}

/** Lets the last tenth of a second die away, so that a part cut off at its end does not click. */
function fadeOut(samples: Float32Array): void {
  const length = Math.round(0.1 * SAMPLE_RATE);
  for (let left = 0; left < length; left++) samples[samples.length - 1 - left] *= left / length;
}
