export interface HassSettings {
  name: string;
  /** Home Assistant's address; '' inside its Node-RED add-on. */
  url: string;
}

/** What Node-RED keeps apart from the flow, and never exports. */
export interface HassCredentials {
  /** Long-lived access token; not needed inside the add-on. */
  token?: string;
}

export const HASS_DEFAULTS: HassSettings = {
  name: '',
  url: '',
};
