/** What the definition in ../deepinfant-entities.html refers to. */
import { labelOrName, portLabels } from '../../editor/labels.js';

export const label = labelOrName('deepinfant-entities.title');
export { labelStyle } from '../../editor/labels.js';
export const inputLabels = portLabels('deepinfant-entities.input');
export const outputLabels = portLabels(
  'deepinfant-entities.output.answer',
  'deepinfant-entities.output.preset',
  'deepinfant-entities.output.listen',
);
export { saveVersion as oneditsave } from '../../editor/version.js';

/** Whether a node can publish to it: '' stands for Home Assistant's own. */
export function isTopic(topic: unknown): boolean {
  return topic === undefined || (typeof topic === 'string' && !/[+#]/.test(topic));
}
