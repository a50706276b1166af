import * as v from 'valibot';
import { language } from '../language.js';
import { text, timeOfDay, version } from '../settings.js';

export const JOURNAL_SETTINGS = v.object({
  version,
  name: text(),
  /** Id of a deepinfant-baby node, or '' for a baby of its own of whom nothing else is known. */
  baby: text(),
  /** Time of the day at which the night is summed up, as HH:MM, or '' for never. */
  summaryAt: timeOfDay('07:00'),
  language,
});
