import { INTENSITIES } from '../../values.js';
import { synthesiseCry } from '../../synth/cry.js';
import type { Clip } from './clip.js';

/** Their number, seeds from here on, and length: each is another baby, and none is one that tests hear. */
const CRIES = 200;
const FIRST_SEED = 1000;
const DURATION_S = 7;
/** How often all of them together are drawn: as nine recorded cries of one source (see readClips). */
const WEIGHT = 3;

/**
 * Synthetic cries: voices, vocal tracts and melodies that no corpus has. No teacher heard them alone; only what teachers hear
 * in a mixture says where they cry.
 */
export function syntheticCries(): Clip[] {
  return Array.from({ length: CRIES }, (_, i) => ({
    label: 'cry',
    weight: WEIGHT / CRIES,
    samples: Int16Array.from(
      synthesiseCry({
        seed: FIRST_SEED + i,
        durationS: DURATION_S,
        intensity: INTENSITIES[i % INTENSITIES.length],
      }),
      sample => Math.round(32767 * sample),
    ),
  }));
}
