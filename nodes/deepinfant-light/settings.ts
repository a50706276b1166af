export interface LightSettings {
  name: string;
  /** Id of a deepinfant-hass node. */
  hass: string;
  /** Entity ids, with commas between them. */
  lights: string;
  colourBy: 'intensity' | 'reason';
  /** At its brightest, in percent: 1 to 100. */
  brightness: number;
  pulse: boolean;
}

export const LIGHT_DEFAULTS: LightSettings = {
  name: '',
  hass: '',
  lights: '',
  colourBy: 'intensity',
  brightness: 60,
  pulse: true,
};
