import * as v from 'valibot';
import { INTENSITIES, REASONS } from '../../src/values.js';
import { flag, names, numberFrom, oneOf, text, timeOfDay, wordsOf, version } from '../settings.js';

export const NOTIFY_SETTINGS = v.object({
  version,
  name: text(),
  /** Id of a deepinfant-hass node. */
  hass: text(),
  /** Id of a deepinfant-baby node, or ''. */
  baby: text(),
  /** Actions that notify, with commas between them, in the order in which they are notified; none only logs. */
  phones: names(),
  /** How long each phone has to answer before the next one is notified, in minutes; 0 notifies all at once. */
  escalateMin: numberFrom(0, 1440, 0),
  /** Reasons to notify of, and `unsure`, with commas between them; '' is all. */
  reasons: wordsOf([...REASONS, 'unsure']),
  /** In percent. */
  minConfidence: numberFrom(0, 100, 0),
  minDurationS: numberFrom(0, 3600, 0),
  minIntensity: oneOf(INTENSITIES, 'fuss'),
  /** Hours of the day in which nobody is notified, HH:MM; '' is none. */
  quietFrom: timeOfDay(),
  quietTo: timeOfDay(),
  /** How long a source may not be heard before phones are notified of it, in minutes; 0 never notifies. */
  lostMin: numberFrom(0, 1440, 5),
  /** The page of Home Assistant that a tap on a notification opens; '' for what its app opens by itself. */
  dashboard: text('/lovelace'),
  /** Whether Home Assistant's logbook gets cries, answers and troubles of sources. */
  log: flag(true),
});

export type NotifySettings = v.InferOutput<typeof NOTIFY_SETTINGS>;
