/** The fields of a microphone. */
import { ask } from '../../editor/ask.js';
import { fillSelect, textOf } from '../../editor/form.js';
import { poll } from '../../editor/poll.js';
import { translate } from '../../editor/translate.js';
import { showError } from './message.js';
import type { LevelReply, MicrophonesReply } from './replies.js';

/** A level of so many dB or less is the meter's left end; 0 dB, full scale, is the right. */
const QUIETEST_DB = -80;
const METER_MS = 200;

const SELECT = '#node-input-microphone';
const METER = '.deepinfant-audio-meter';

/** Lists the microphones of the machine on which Node-RED runs. */
export async function listMicrophones(chosen: string): Promise<void> {
  const systemsChoice = { value: '', name: translate('deepinfant-audio.microphone.default') };
  fillSelect(SELECT, [systemsChoice], chosen);
  const { microphones = [] } = await ask<MicrophonesReply>('deepinfant-audio/microphones');
  const choices = microphones.map(({ name }) => ({ value: name, name }));
  fillSelect(SELECT, [systemsChoice, ...choices], textOf(SELECT));
}

/** Shows how loud the microphone is while the dialog is open. */
export function showLevel(): void {
  const [meter] = $(METER).get();
  void poll(meter, METER_MS, async () => {
    const isChosen = textOf('#node-input-kind') === 'microphone';
    const { levelDb = QUIETEST_DB, error = '' } = isChosen
      ? await ask<LevelReply>('deepinfant-audio/level', { microphone: textOf(SELECT) })
      : {};
    if (!meter.isConnected) return;
    const share = Math.max(0, Math.min(1, 1 - levelDb / QUIETEST_DB));
    // An empty bar beside an error would look like silence.
    $(meter)
      .attr('aria-valuenow', Math.round(levelDb))
      .toggle(error === '');
    $(meter)
      .children()
      .css('width', `${100 * share}%`);
    showError('.deepinfant-audio-level', error);
  });
}
