import { DeepInfantError } from '../errors.js';
import { MOST_ADDRESS } from '../host.js';

/** Where Home Assistant's websocket is, and what opens it. */
export interface HassLogin {
  /** Home Assistant's address as a browser shows it, such as http://homeassistant.local:8123. */
  url: string;
  /** A long-lived access token. */
  token: string;
}

/** What a connection needs. */
export interface HassEndpoint {
  websocketUrl: string;
  /** The paths of its HTTP interface, which begin with /api, follow this; without a slash at its end. */
  httpUrl: string;
  token: string;
}

/**
 * The supervisor passes an app's requests on to Home Assistant, with the token that it gave to the app
 * (developers.home-assistant.io, Add-on communication).
 */
const SUPERVISOR = { websocketUrl: 'ws://supervisor/core/websocket', httpUrl: 'http://supervisor/core' };

/**
 * The endpoint for a login; without an address, that of the Home Assistant app in which this runs.
 * @throws DeepInfantError `bad-address` or `no-token`
 */
export function hassEndpoint(
  { url, token }: HassLogin,
  supervisorToken = process.env.SUPERVISOR_TOKEN,
): HassEndpoint {
  const address = url.trim();
  if (address === '') {
    if (supervisorToken) return { ...SUPERVISOR, token: supervisorToken };
    throw new DeepInfantError(
      'bad-address',
      "Home Assistant's address is missing. Enter it as your browser shows it; only an app (add-on) of Home Assistant works without.",
    );
  }
  const whole = /^\w+:\/\//.test(address) ? address : `http://${address}`;
  const parsed = whole.length <= MOST_ADDRESS && URL.canParse(whole) ? new URL(whole) : undefined;
  if (!parsed || !/^(?:http|ws)s?:$/.test(parsed.protocol))
    throw new DeepInfantError(
      'bad-address',
      "Home Assistant's address is not valid. Enter it as your browser shows it, such as http://homeassistant.local:8123.",
    );
  if (token.trim() === '')
    throw new DeepInfantError(
      'no-token',
      'The access token is missing. Create one in Home Assistant, in your profile under Security.',
    );
  // Home Assistant is at the root of its host; what follows is the page that was open.
  const s = /^(?:https|wss):$/.test(parsed.protocol) ? 's' : '';
  return {
    websocketUrl: `ws${s}://${parsed.host}/api/websocket`,
    httpUrl: `http${s}://${parsed.host}`,
    token: token.trim(),
  };
}
