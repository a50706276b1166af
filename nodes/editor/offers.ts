import { ask } from './ask.js';
import { chosenNode, fill, textOf } from './form.js';
import { chooseId, readIds } from './id-list.js';
import type { HassOffer } from '../../src/hass/offers.js';
import type { OffersReply } from './offers-reply.js';

/** What a connection has of a kind. No connection has nothing. */
export async function askForOffers(
  what: 'lights' | 'cameras' | 'notifiers',
  connection: string,
): Promise<OffersReply & { error: string }> {
  if (connection === '') return { offers: [], error: '' };
  const { offers = [], error = '' } = await ask<OffersReply>(`deepinfant-hass/${what}`, {
    id: connection,
  });
  return { offers, error };
}

/** Offers what the chosen connection has of a kind as boxes to check, which put ids into a field or take them out. */
export function offerIds(what: 'lights' | 'notifiers', field: string, list: string): void {
  const show = async (): Promise<void> => {
    const connection = chosenNode('#node-input-hass');
    $(list).empty();
    const { offers, error } = await askForOffers(what, connection);
    if (connection !== chosenNode('#node-input-hass')) return;
    $(list).text(error);
    for (const offer of offers) $(list).append(checkBox(offer, field));
  };
  $('#node-input-hass').on('change', () => void show());
  void show();
}

function checkBox({ id, name }: HassOffer, field: string): JQuery {
  const box = $('<input type="checkbox" style="width: auto; margin: 0 6px 0 0">')
    .prop('checked', readIds(textOf(field)).includes(id))
    .on('change', () => {
      fill(field, chooseId(textOf(field), id, box.is(':checked')));
    });
  return $('<label style="display: block; width: auto">').append(
    box,
    $('<span>').text(name).attr('title', id),
  );
}
