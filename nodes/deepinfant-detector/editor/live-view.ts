import { ask } from '../../editor/ask.js';
import { fillSelect, textOf } from '../../editor/form.js';
import { poll } from '../../editor/poll.js';
import { translate } from '../../editor/translate.js';
import { drawPicture, SHOWN_S } from './picture.js';
import type { LookReply } from '../../../src/detect/look-reply.js';
import { Spectrogram } from '../../../src/detect/look-spectrogram.js';

const PAUSE_MS = 250;
const SOURCE = '.deepinfant-detector-source';

/** Shows what the deployed node hears while the dialog is open. */
export function showLiveView(id: string): void {
  const canvas = $('.deepinfant-detector-live canvas').get(0) as HTMLCanvasElement;
  const spectrogram = new Spectrogram(SHOWN_S);
  let listed = '';
  $(SOURCE).hide();
  void poll(canvas, PAUSE_MS, async () => {
    const source = textOf(SOURCE);
    const question = { id, source, fromColumn: spectrogram.nextOf(source) };
    const { sources = [], view, error } = await ask<LookReply>('deepinfant-detector/look', question);
    if (!canvas.isConnected) return;
    if (sources.join() !== listed) {
      listed = sources.join();
      const choices = sources.map(name => ({ value: name, name }));
      fillSelect(SOURCE, choices, sources.includes(source) ? source : '');
      $(SOURCE).toggle(sources.length > 1);
    }
    const message = translate(`deepinfant-detector.live.${view ? 'picture' : 'waiting'}`);
    $('#deepinfant-detector-message').text(error ?? message);
    if (view) spectrogram.push(view);
    drawPicture(canvas, textOf('#node-input-preset'), spectrogram, view);
  });
}
