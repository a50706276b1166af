import * as v from 'valibot';
import { text, version } from '../settings.js';

export const ENTITIES_SETTINGS = v.object({
  version,
  /** The device's name in Home Assistant. */
  name: text(),
  /** Id of an mqtt-broker node. */
  broker: text(),
});
