/** What the definition in ../deepinfant-entities.html refers to. */
import { labelOrName, paletteLabelOf, portLabels } from '../../editor/labels.js';
import { validator } from '../../editor/validator.js';

export const label = labelOrName('deepinfant-entities.title');
export { labelStyle } from '../../editor/labels.js';
export const paletteLabel = paletteLabelOf('deepinfant-entities.palette');
export const inputLabels = portLabels('deepinfant-entities.input');
export const outputLabels = portLabels(
  'deepinfant-entities.output.answer',
  'deepinfant-entities.output.preset',
  'deepinfant-entities.output.listen',
);
export { saveVersion as oneditsave } from '../../editor/version.js';

/** '' stands for Home Assistant's own. */
export const validateTopic = validator(topic => !/[+#]/.test(topic), 'deepinfant-entities.invalid.topic');
