/** The fields of a camera of Home Assistant. */
import { chosenNode, fillSelect, textOf } from '../../editor/form.js';
import { askForOffers } from '../../editor/offers.js';
import { showError } from './message.js';

const CONNECTION = '#node-input-hass';
const SELECT = '#node-input-entity';

/** Lists the cameras of the connection that is chosen. */
export function listHassCameras(chosen: string): void {
  const list = async (): Promise<void> => {
    const connection = chosenNode(CONNECTION);
    fillSelect(SELECT, [], textOf(SELECT) || chosen);
    const { offers, error } = await askForOffers('cameras', connection);
    if (connection !== chosenNode(CONNECTION)) return;
    showError('.deepinfant-audio-entities', error);
    const choices = offers.map(({ id, name }) => ({ value: id, name }));
    fillSelect(SELECT, choices, textOf(SELECT));
  };
  $(CONNECTION).on('change', () => void list());
  void list();
}
