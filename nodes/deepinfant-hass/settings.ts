import * as v from 'valibot';
import { text, version } from '../settings.js';

export const HASS_SETTINGS = v.object({
  version,
  name: text(),
  /** Home Assistant's address; '' inside its Node-RED app. */
  url: text(),
});

/** What Node-RED keeps apart from the flow, and never exports. */
export interface HassCredentials {
  /** Long-lived access token; not needed inside Home Assistant's Node-RED app. */
  token?: string;
}
