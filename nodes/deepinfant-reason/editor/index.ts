/** What the definition in ../deepinfant-reason.html refers to. */
import { chosenNode } from '../../editor/form.js';
import { labelOrName, paletteLabelOf, portLabels } from '../../editor/labels.js';

export const label = labelOrName('deepinfant-reason.title');
export { labelStyle } from '../../editor/labels.js';
export const paletteLabel = paletteLabelOf('deepinfant-reason.palette');
export const inputLabels = portLabels('deepinfant-reason.input');
export const outputLabels = portLabels('deepinfant-reason.output.cries', 'deepinfant-reason.output.told');

export function oneditprepare(): void {
  $('#dialog-form').on('change', 'select', showBabies);
  showBabies();
}

/** Each further baby is asked for once there is one before it. */
function showBabies(): void {
  const [first, second, third] = ['baby', 'baby2', 'baby3'].map(
    property => chosenNode(`#node-input-${property}`) !== '',
  );
  showRow('baby2', first || second);
  showRow('baby3', second || third);
}

function showRow(property: string, isShown: boolean): void {
  $(`#node-input-${property}`).closest('.form-row').toggle(isShown);
}
export { saveVersion as oneditsave } from '../../editor/version.js';
