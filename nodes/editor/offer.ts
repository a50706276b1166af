/** Something of Home Assistant that a dialog offers. */
export interface Offer {
  id: string;
  name: string;
}

/** What the runtime answers the question for offers. */
export interface OffersReply {
  offers: Offer[];
}
