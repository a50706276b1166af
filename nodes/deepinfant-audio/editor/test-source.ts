import { ask } from '../../editor/ask.js';
import { textOf } from '../../editor/form.js';
import { translate } from '../../editor/translate.js';
import { readCamera, whatIsMissing } from './camera.js';
import { watchChanges } from './forget-results.js';
import { showError, showMessage } from './message.js';
import type { TestReply } from './replies.js';

/** Listens for some seconds, and shows what was heard or what to do. */
export async function testSource(id: string): Promise<void> {
  const missing = whatIsMissing();
  if (missing !== '') {
    showError('.deepinfant-audio-result', missing);
    return;
  }
  const button = $('#deepinfant-audio-test').prop('disabled', true);
  // Of this dialog: by the time of the reply another may be open.
  const result = $('.deepinfant-audio-result');
  showMessage(result, translate('deepinfant-audio.says.testing'));
  const isUnchanged = watchChanges();
  const {
    sentence = '',
    tracks = [],
    spectrogram,
    error,
  } = await ask<TestReply>('deepinfant-audio/test', {
    kind: textOf('#node-input-kind'),
    microphone: textOf('#node-input-microphone'),
    hass: textOf('#node-input-hass'),
    entity: textOf('#node-input-entity'),
    ...readCamera(id),
  });
  button.prop('disabled', false);
  if (!isUnchanged()) return;
  if (error) showError(result, error);
  else showMessage(result, sentence);
  if (tracks.length > 0)
    $('<ul>')
      .append(...tracks.map(track => $('<li>').text(track)))
      .appendTo(result);
  if (!spectrogram) return;
  $('<img>')
    .attr('src', `data:image/svg+xml,${encodeURIComponent(spectrogram)}`)
    .attr('alt', translate('deepinfant-audio.label.spectrogram'))
    .on('load', () => {
      // Below the dialog's edge it would go unnoticed.
      result.get(0)?.scrollIntoView({ block: 'nearest' });
    })
    .appendTo(result);
}
