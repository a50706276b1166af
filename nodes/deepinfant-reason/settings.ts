import * as v from 'valibot';
import { language } from '../language.js';
import { text, version } from '../settings.js';

export const REASON_SETTINGS = v.object({
  version,
  name: text(),
  /** Id of a deepinfant-baby node, or '' to estimate without knowing the baby. */
  baby: text(),
  /** Of others in the same room, each '' for none. */
  baby2: text(),
  baby3: text(),
  language,
});
