import { REASONS } from '../../../src/values.js';
import { textOf } from '../../editor/form.js';
import { translate } from '../../editor/translate.js';

/** Offers all reasons as boxes to check; the field holds those that are, with commas between them. */
export function offerReasons(field: string, list: string): void {
  const chosen = textOf(field).split(/\s*,\s*/);
  const boxes = [...REASONS, 'unsure' as const].map(reason => {
    const box = $('<input type="checkbox" style="width: auto; margin: 0 4px 0 0">')
      .val(reason)
      .prop('checked', chosen.includes(reason))
      .on('change', () => {
        const checked = boxes.filter(one => one.is(':checked')).map(one => String(one.val()));
        $(field).val(checked.join(', '));
      });
    const name =
      reason === 'unsure'
        ? 'deepinfant-notify.label.unsure'
        : (`deepinfant-notify.reason.${reason}` as const);
    $('<label style="display: inline-block; width: auto; margin-right: 12px">')
      .append(box, $('<span>').text(translate(name)))
      .appendTo(list);
    return box;
  });
  $('<div>').text(translate('deepinfant-notify.label.onlyTip')).appendTo(list);
}
