/** What the definition in ../deepinfant-hass.html refers to. */
import type { NodeInstance } from '@node-red/editor-client';
import { translate } from '../../editor/translate.js';
import { validator } from '../../editor/validator.js';
import { isHassAddress } from './hass-address.js';
import { offerTest } from './test-connection.js';

export const validateUrl = validator(isHassAddress, 'deepinfant-hass.invalid.url');

/** Without a name it is labelled by its address, as the fields in which it is chosen have room for it. */
export function label(this: NodeInstance<{ name?: string; url?: string }>): string {
  return this.name || this.url?.replace(/^https?:\/\/|\/$/g, '') || translate('deepinfant-hass.title');
}
export function oneditprepare(this: NodeInstance): void {
  offerTest(this.id);
}
export { saveVersion as oneditsave } from '../../editor/version.js';
