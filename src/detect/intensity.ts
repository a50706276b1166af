import type { Intensity } from '../values.js';

const FUSS_BELOW_DB = 12;
const SCREAM_FROM_DB = 35;
const SCREAM_AFTER_S = 5;

/**
 * How hard the baby cries, from what any microphone can tell without being calibrated: `fuss` while the cry stands
 * less than 12 dB out of the room, `scream` when it stands out by 35 dB or more and has lasted 5 s, else `cry`.
 *
 * The bounds are conventions, not measurements. A noise machine close to the microphone, a far cot or an automatic
 * gain make a cry seem weaker; the cry's own roughness and pitch, which would tell, are not used.
 *
 * @param aboveRoomDb Level of the cry over that of the room before it, in dB; undefined when the room was not heard.
 * @param durationS Seconds since the onset.
 */
export function intensityOf(aboveRoomDb: number | undefined, durationS: number): Intensity {
  if (aboveRoomDb === undefined) return 'cry';
  if (aboveRoomDb < FUSS_BELOW_DB) return 'fuss';
  return aboveRoomDb >= SCREAM_FROM_DB && durationS >= SCREAM_AFTER_S ? 'scream' : 'cry';
}
