import * as v from 'valibot';
import { flag, names, numberFrom, oneOf, text, version } from '../settings.js';

export const LIGHT_SETTINGS = v.object({
  version,
  name: text(),
  /** Id of a deepinfant-hass node. */
  hass: text(),
  /** Entity ids, with commas between them. */
  lights: names(),
  colourBy: oneOf(['intensity', 'reason'], 'intensity'),
  /** At its brightest, in percent. */
  brightness: numberFrom(1, 100, 60),
  pulse: flag(true),
});

export type LightSettings = v.InferOutput<typeof LIGHT_SETTINGS>;
