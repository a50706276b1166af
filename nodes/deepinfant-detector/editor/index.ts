/** What the definition in ../deepinfant-detector.html refers to. */
import type { NodeInstance } from '@node-red/editor-client';
import { fillSelect } from '../../editor/form.js';
import { labelOrName, paletteLabelOf, portLabels } from '../../editor/labels.js';
import { explainChoices } from './explain-choices.js';
import { showLiveView } from './live-view.js';

export const label = labelOrName('deepinfant-detector.title');
export { labelStyle } from '../../editor/labels.js';
export const paletteLabel = paletteLabelOf('deepinfant-detector.palette');
export const inputLabels = portLabels('deepinfant-detector.input');
export const outputLabels = portLabels(
  'deepinfant-detector.output.events',
  'deepinfant-detector.output.scores',
);

export function oneditprepare(this: NodeInstance<{ name?: string; model: string }>): void {
  const choices = RED.settings.deepinfantDetectorModels.map(({ name }) => ({ value: name, name }));
  fillSelect('#node-input-model', choices, this.model);
  explainChoices();
  showLiveView(this.id);
}
export { saveVersion as oneditsave } from '../../editor/version.js';
