/** What the definition in ../deepinfant-light.html refers to. */
import { areIdsOf, readIds } from '../../editor/id-list.js';
import { labelOrName, paletteLabelOf, portLabels } from '../../editor/labels.js';
import { isNumberFrom } from '../../editor/numbers.js';
import { offerIds } from '../../editor/offers.js';
import { validator } from '../../editor/validator.js';

export const validateLights = validator(
  lights => readIds(lights).length > 0 && areIdsOf('light', lights),
  'deepinfant-light.invalid.lights',
);
export const validateBrightness = validator(
  percent => isNumberFrom(percent, 1, 100),
  'deepinfant-light.invalid.brightness',
);

export const label = labelOrName('deepinfant-light.title');
export { labelStyle } from '../../editor/labels.js';
export const paletteLabel = paletteLabelOf('deepinfant-light.palette');
export const inputLabels = portLabels('deepinfant-light.input');

export function oneditprepare(): void {
  offerIds('lights', '#node-input-lights', '#deepinfant-light-found');
}
export { saveVersion as oneditsave } from '../../editor/version.js';
