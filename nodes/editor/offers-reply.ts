import type { HassOffer } from '../../src/hass/offers.js';

/** What the runtime answers the question for offers. */
export interface OffersReply {
  offers: HassOffer[];
}
