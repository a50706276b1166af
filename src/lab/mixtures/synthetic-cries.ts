import { INTENSITIES } from '../../values.js';
import { synthesiseCry } from '../../synth/cry.js';
import { cryingTogether } from '../teacher/joint-target.js';
import type { Mn04 } from '../teacher/mn04.js';
import type { Yamnet } from '../teacher/yamnet.js';
import type { Clip } from './clip.js';

/** Their number, seeds from here on, and length: each is another baby, and none is one that tests hear. */
const CRIES = 200;
const FIRST_SEED = 1000;
const DURATION_S = 7;
/** How often all of them together are drawn: as nine recorded cries of one source (see readClips). */
const WEIGHT = 3;

/** Synthetic cries as teachers hear them: voices, vocal tracts and melodies that no corpus has. */
export async function syntheticCries({ yamnet, mn04 }: { yamnet: Yamnet; mn04: Mn04 }): Promise<Clip[]> {
  const cries: Clip[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CRIES; seed++) {
    const intensity = INTENSITIES[seed % INTENSITIES.length];
    const samples = synthesiseCry({ seed, durationS: DURATION_S, intensity });
    const heard = { yamnet: await yamnet.windows(samples), mn04: await mn04.windows(samples) };
    cries.push({
      label: 'cry',
      weight: WEIGHT / CRIES,
      samples: Int16Array.from(samples, sample => Math.round(32767 * sample)),
      crying: cryingTogether(heard),
    });
  }
  return cries;
}
