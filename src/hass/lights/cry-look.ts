import type { CryEvent, Intensity, ReasonEstimate } from '../../values.js';
import type { LightLook } from './light-look.js';

type Rgb = LightLook['rgb'];

/** The harder the cry, the redder: red and amber spoil the night least for eyes and sleep. */
const RGB_OF_INTENSITY: Record<Intensity, Rgb> = {
  fuss: [255, 190, 60],
  cry: [255, 110, 0],
  scream: [255, 0, 0],
};
/** Far enough apart to be told apart from bed. */
const RGB_OF_REASON: Record<ReasonEstimate['label'], Rgb> = {
  hungry: [255, 110, 0],
  tired: [60, 60, 255],
  discomfort: [0, 220, 60],
  'belly pain': [255, 0, 0],
  burping: [0, 200, 220],
  lonely: [255, 0, 190],
  unsure: [255, 200, 120],
};

/** What the colour of lights says of a cry, and how bright they are at most, in percent. */
export interface CryLookSettings {
  colourBy: 'intensity' | 'reason';
  brightness: number;
}

/** What lights look like during a cry. */
export function lookOf(
  cry: Pick<CryEvent, 'intensity' | 'reason'>,
  { colourBy, brightness }: CryLookSettings,
): LightLook {
  const rgb =
    colourBy === 'reason' ? RGB_OF_REASON[cry.reason?.label ?? 'unsure'] : RGB_OF_INTENSITY[cry.intensity];
  const bright = Math.max(1, Math.round((255 * brightness) / 100));
  return { rgb, bright, dim: Math.ceil(bright / 3) };
}
