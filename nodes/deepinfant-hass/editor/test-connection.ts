import { ask } from '../../editor/ask.js';
import { textOf } from '../../editor/form.js';
import { translate } from '../../editor/translate.js';
import type { TestReply } from './replies.js';

const URL = '#node-config-input-url';
const TOKEN = '#node-config-input-token';

/** Tries the address and the token when the button is pressed. What was said vanishes when they change. */
export function offerTest(id: string): void {
  const result = $('.deepinfant-hass-result');
  const button = $('#deepinfant-hass-test').on('click', () => void test());
  let changes = 0;
  $(`${URL}, ${TOKEN}`).on('change input', () => {
    changes++;
    result.empty();
  });

  async function test(): Promise<void> {
    button.prop('disabled', true);
    result.text(translate('deepinfant-hass.says.testing'));
    const before = changes;
    const {
      sentence = '',
      warnings = [],
      error,
    } = await ask<TestReply>('deepinfant-hass/test', { id, url: textOf(URL), token: textOf(TOKEN) });
    button.prop('disabled', false);
    if (changes !== before) return;
    result.text(sentence);
    for (const wrong of error ? [error] : warnings)
      $('<div class="deepinfant-hass-wrong">').text(wrong).appendTo(result);
  }
}
