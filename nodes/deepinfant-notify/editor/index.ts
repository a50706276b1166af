/** What the definition in ../deepinfant-notify.html refers to. */
import { areIdsOf } from '../../editor/id-list.js';
import { labelOrName, paletteLabelOf, portLabels } from '../../editor/labels.js';
import { isNumberFrom } from '../../editor/numbers.js';
import { offerIds } from '../../editor/offers.js';
import { validator } from '../../editor/validator.js';
import { offerReasons } from './reasons.js';

export const validatePhones = validator(
  phones => areIdsOf('notify', phones),
  'deepinfant-notify.invalid.phones',
);
export const validatePercent = validator(
  percent => isNumberFrom(percent, 0, 100),
  'deepinfant-notify.invalid.percent',
);
export const validateMinutes = validator(
  minutes => isNumberFrom(minutes, 0, 1440),
  'deepinfant-notify.invalid.minutes',
);
export const validateSeconds = validator(
  seconds => isNumberFrom(seconds, 0, 3600),
  'deepinfant-notify.invalid.seconds',
);
export const validateDashboard = validator(
  path => path === '' || path.startsWith('/') || /^https?:\/\//.test(path),
  'deepinfant-notify.invalid.dashboard',
);

export const label = labelOrName('deepinfant-notify.title');
export { labelStyle } from '../../editor/labels.js';
export const paletteLabel = paletteLabelOf('deepinfant-notify.palette');
export const inputLabels = portLabels('deepinfant-notify.input');
export const outputLabels = portLabels('deepinfant-notify.output');

export function oneditprepare(): void {
  offerIds('notifiers', '#node-input-phones', '#deepinfant-notify-found');
  offerReasons('#node-input-reasons', '#deepinfant-notify-reasons');
}
export { saveVersion as oneditsave } from '../../editor/version.js';
