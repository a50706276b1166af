import { translate } from './translate.js';

/**
 * A property's validator. Where a value is not valid it gives the property's label and the text of a key, which says what to
 * do. Node-RED shows such a reason only if the validator has two parameters.
 */
export function validator<Node>(
  isValid: (value: string, node: Node) => boolean,
  reason: Parameters<typeof translate>[0],
): (this: Node, value: unknown, options: { label?: string }) => true | string {
  return function (value, options) {
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    return isValid(text, this) || [options.label, translate(reason)].filter(Boolean).join(': ');
  };
}
