/** What the definition in ../deepinfant-journal.html refers to. */
import { labelOrName, paletteLabelOf, portLabels } from '../../editor/labels.js';

export const label = labelOrName('deepinfant-journal.title');
export { labelStyle } from '../../editor/labels.js';
export const paletteLabel = paletteLabelOf('deepinfant-journal.palette');
export const inputLabels = portLabels('deepinfant-journal.input');
export const outputLabels = portLabels(
  'deepinfant-journal.output.cries',
  'deepinfant-journal.output.answers',
);
export { saveVersion as oneditsave } from '../../editor/version.js';
