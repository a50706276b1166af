/** The word for how sure a reason is: a key of the locale files, and the word of an English sentence. */
export type Certainty = 'probably' | 'maybe';

/** In percent. */
const PROBABLE_FROM = 50;

/**
 * The one threshold for all that is shown: phones, journal, card and sentences. It goes by the whole percentage that is
 * shown beside the word, since Home Assistant knows no other.
 *
 * @param confidence probability of the reason, in [0, 1]
 */
export function certaintyOf(confidence: number): Certainty {
  return Math.round(100 * confidence) >= PROBABLE_FROM ? 'probably' : 'maybe';
}
