import { DeepInfantError } from '../errors.js';
import { DEFAULT_MODEL } from '../model/load.js';
import { PRESETS, type Preset } from '../model/manifest.js';

/** The option of every command that loads a model. */
export const MODEL_OPTION = {
  type: 'string',
  default: DEFAULT_MODEL,
  value: 'NAME',
  help: `a model of this package, or the path of a model's folder (default: ${DEFAULT_MODEL})`,
} as const;

/** The options of every command that listens to something. */
export const HEARING_OPTIONS = {
  preset: {
    type: 'string',
    default: 'balanced',
    value: 'NAME',
    words: PRESETS,
    help: `${PRESETS.join(', ')}: from the fewest false alarms to the fewest missed cries (default: balanced)`,
  },
  model: MODEL_OPTION,
} as const;

/** @throws DeepInfantError `usage` */
export function presetOf(name: string): Preset {
  const preset = PRESETS.find(known => known === name);
  if (!preset) throw usageError(`There is no preset '${name}'. Choose ${PRESETS.join(', ')}.`);
  return preset;
}

/** The number of an option. @throws DeepInfantError `usage` */
export function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number))
    throw usageError(`--${option} must be a number, not '${text}'.`);
  return number;
}

/** The whole number of an option, 1 or more. @throws DeepInfantError `usage` */
export function countOf(option: string, text: string): number {
  const count = numberOf(option, text);
  if (!(Number.isInteger(count) && count > 0))
    throw usageError(`--${option} must be a whole number of at least 1.`);
  return count;
}

/** The share of an option, in [0, 1]. @throws DeepInfantError `usage` */
export function shareOf(option: string, text: string): number {
  const share = numberOf(option, text);
  if (!(share >= 0 && share <= 1)) throw usageError(`--${option} must be a share from 0 to 1.`);
  return share;
}

/** An error in the way a command was called. */
export function usageError(message: string): DeepInfantError {
  return new DeepInfantError('usage', message);
}
