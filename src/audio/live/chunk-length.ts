import { SEED_FRONT_END } from '../../features/front-end.js';
import { FRAMES_PER_STEP } from '../../model/cry-net.js';

const { hop, fftSize } = SEED_FRONT_END;
/** Samples from one step of the network to the next, and to the end of the first one. */
export const STEP_SAMPLES = FRAMES_PER_STEP * hop;
const FIRST_STEP_SAMPLES = (FRAMES_PER_STEP - 1) * hop + fftSize;

/**
 * Recorders are asked for pieces of so many samples, 0.128 s: half a step, so that none waits long for its end, and few
 * enough to wake their reader seldom.
 */
export const PIECE_SAMPLES = STEP_SAMPLES / 2;

/** Where the next step ends after a sample: a chunk that goes so far is worth a message. */
export function stepEndAfter(sample: number): number {
  const sinceEnd = (sample + STEP_SAMPLES - (FIRST_STEP_SAMPLES % STEP_SAMPLES)) % STEP_SAMPLES;
  return sample + STEP_SAMPLES - sinceEnd;
}
