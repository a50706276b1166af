import { Baby } from './baby.js';
import type { BabyProfile } from '../reason/context.js';

/** By the folders of their memories: a deploy makes all nodes anew, and the babies stay. */
const babies = new Map<string, Baby>();

/**
 * Opens the baby whose memory is in a folder, once in this process; another call with the same folder gives the same
 * baby, with a new profile.
 * @throws DeepInfantError `birth-date` when it is not an ISO date; `newer-file`, `storage` when its memory cannot be read
 */
export function openBaby(folder: string, profile: BabyProfile): Baby {
  const known = babies.get(folder);
  if (known) {
    known.changeProfile(profile);
    return known;
  }
  const baby = new Baby(folder, profile);
  baby.open();
  babies.set(folder, baby);
  return baby;
}
