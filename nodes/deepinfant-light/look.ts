import type { LightLook } from '../../src/hass/lights/light-look.js';
import type { CryEvent, Intensity, ReasonEstimate } from '../../src/values.js';
import type { LightSettings } from './settings.js';

type Rgb = LightLook['rgb'];

/** The harder the cry, the redder: red and amber spoil the night least for eyes and sleep. */
const RGB_OF_INTENSITY: Record<Intensity, Rgb> = {
  fuss: [255, 190, 60],
  cry: [255, 110, 0],
  scream: [255, 0, 0],
};
/** Far enough apart to be told from a pillow. */
const RGB_OF_REASON: Record<ReasonEstimate['label'], Rgb> = {
  hungry: [255, 110, 0],
  tired: [60, 60, 255],
  discomfort: [0, 220, 60],
  'belly pain': [255, 0, 0],
  burping: [0, 200, 220],
  lonely: [255, 0, 190],
  unsure: [255, 200, 120],
};

/** How lights show a cry. */
export function lookOf(cry: CryEvent, { colourBy, brightness }: LightSettings): LightLook {
  const rgb =
    colourBy === 'reason' ? RGB_OF_REASON[cry.reason?.label ?? 'unsure'] : RGB_OF_INTENSITY[cry.intensity];
  const bright = Math.max(1, Math.round((255 * brightness) / 100));
  return { rgb, bright, dim: Math.ceil(bright / 3) };
}
