import { textOf } from '../../unknown-data.js';
import type { EntityState } from '../entity-states.js';

/** What lights look like in an alert. */
export interface LightLook {
  /** Red, green, blue, 0 to 255 each. */
  rgb: readonly [number, number, number];
  /** The brightness between which they pulse, 1 to 255. */
  dim: number;
  bright: number;
}

/** What the action `light.turn_on` takes; null for a light that is off. */
export type LightSetting = Record<string, unknown> | null;

const COLOUR_MODES = ['hs', 'rgb', 'rgbw', 'rgbww', 'xy'];
/** The attribute that holds the colour in each colour mode (developers.home-assistant.io, Light entity). */
const COLOUR_OF_MODE: Record<string, string> = {
  hs: 'hs_color',
  rgb: 'rgb_color',
  rgbw: 'rgbw_color',
  rgbww: 'rgbww_color',
  xy: 'xy_color',
  color_temp: 'color_temp_kelvin',
};
/** Lamps round what they are sent, and show colours roughly: in degrees, percent and steps of brightness. */
const HUE_TOLERANCE = 25;
const SATURATION_TOLERANCE = 30;
const BRIGHTNESS_TOLERANCE = 13;

/** The setting that brings a light back to this state. */
export function settingOf({ state, attributes }: EntityState): LightSetting {
  if (state !== 'on') return null;
  const { color_mode: mode, brightness, effect } = attributes;
  const setting: Record<string, unknown> = {};
  if (typeof brightness === 'number') setting[mode === 'white' ? 'white' : 'brightness'] = brightness;
  const colour = COLOUR_OF_MODE[textOf(mode)];
  if (colour && attributes[colour] != null) setting[colour] = attributes[colour];
  if (isEffect(effect)) setting.effect = effect;
  return setting;
}

/** The look, as far as the light can show it. */
export function settingFor(light: EntityState, { rgb, bright }: LightLook): Record<string, unknown> {
  return {
    ...(canDim(light) && { brightness: bright }),
    ...(hasColour(light) && { rgb_color: rgb }),
    // A strip goes on with its effect, whatever its colour is to be.
    ...(isEffect(light.attributes.effect) && endOfEffect(light)),
  };
}

/** What makes lamps of different makers end an effect; others end it with their colour. */
const NO_EFFECTS = ['none', 'off', 'solid', 'stop_effect', 'effect_stop', 'stop'];

function isEffect(effect: unknown): effect is string {
  return typeof effect === 'string' && effect !== '' && !NO_EFFECTS.includes(effect.toLowerCase());
}

function endOfEffect({ attributes: { effect_list: effects } }: EntityState): { effect?: string } {
  const known = Array.isArray(effects) ? effects.map(String) : [];
  const effect = NO_EFFECTS.map(none => known.find(name => name.toLowerCase() === none)).find(Boolean);
  return effect === undefined ? {} : { effect };
}

export function canDim({ attributes }: EntityState): boolean {
  return modesOf(attributes).some(mode => mode !== 'onoff' && mode !== 'unknown');
}

/** Whether the light looks as an alert left it. */
export function shows(light: EntityState, { rgb, dim, bright }: LightLook): boolean {
  const { brightness, hs_color: hs, color_mode: mode } = light.attributes;
  if (light.state !== 'on') return false;
  if (
    typeof brightness === 'number' &&
    (brightness < dim - BRIGHTNESS_TOLERANCE || brightness > bright + BRIGHTNESS_TOLERANCE)
  )
    return false;
  if (!hasColour(light)) return true;
  if (!COLOUR_MODES.includes(textOf(mode)) || !Array.isArray(hs)) return false;
  const [hue, saturation] = hs as [number, number];
  const wanted = hueAndSaturation(rgb);
  const turn = Math.abs(hue - wanted.hue) % 360;
  // The hue of a colour that is nearly white means nothing.
  const isHueClose = wanted.saturation < SATURATION_TOLERANCE || Math.min(turn, 360 - turn) <= HUE_TOLERANCE;
  return isHueClose && Math.abs(saturation - wanted.saturation) <= SATURATION_TOLERANCE;
}

export function hasColour({ attributes }: EntityState): boolean {
  return modesOf(attributes).some(mode => COLOUR_MODES.includes(mode));
}

function modesOf({ supported_color_modes: modes }: EntityState['attributes']): string[] {
  return Array.isArray(modes) ? modes.map(String) : [];
}

/** Hue in degrees and saturation in percent (HSV). */
function hueAndSaturation(rgb: LightLook['rgb']): { hue: number; saturation: number } {
  const [red, green, blue] = rgb;
  const most = Math.max(...rgb);
  const range = most - Math.min(...rgb);
  if (range === 0) return { hue: 0, saturation: 0 };
  const sixth =
    most === red
      ? (green - blue) / range
      : most === green
        ? 2 + (blue - red) / range
        : 4 + (red - green) / range;
  return { hue: (60 * sixth + 360) % 360, saturation: (100 * range) / most };
}
