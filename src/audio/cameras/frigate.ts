import { DeepInfantError } from '../../errors.js';
import { getJson, notTheServer, serverUrl, undefinedIfMissing, type JsonServer } from '../../get-json.js';
import { at, entries } from '../../unknown-data.js';
import { printableText, type FoundCamera } from './found.js';
import { restream, restreamBase, tracksOf } from './go2rtc.js';

/** Port of Frigate's API without login (Frigate, Installation, Ports). */
const API_PORT = 5000;

/**
 * The streams that a Frigate's go2rtc serves, in Frigate's order; named as Frigate shows the camera.
 * @param address host, host:port, or http address of Frigate
 * @throws DeepInfantError `bad-address`, `unreachable`, `wants-login`, `not-the-server`, `no-restream`
 */
export async function findFrigateStreams(address: string, signal: AbortSignal): Promise<FoundCamera[]> {
  const url = serverUrl(address, API_PORT);
  const server: JsonServer = {
    name: 'Frigate',
    url,
    loginAdvice:
      `Open its internal port ${API_PORT} to this machine and enter http://${url.hostname}:${API_PORT}, or enter a` +
      ` stream's address by hand: rtsp://${url.hostname}:8554/CAMERA.`,
  };
  const config = await getJson(server, 'api/config', signal);
  const cameras = entries(at(config, 'cameras'));
  if (cameras.length === 0) throw notTheServer(server, 'it lists no cameras');
  const names = entries(at(config, 'go2rtc', 'streams')).map(([name]) => name);
  if (names.length === 0) {
    throw new DeepInfantError(
      'no-restream',
      `Frigate at ${url.origin} has cameras, but restreams none. Add them under go2rtc: streams: in its configuration,` +
        " or use the cameras' own addresses.",
    );
  }
  const base = restreamBase(url, at(config, 'go2rtc', 'rtsp', 'listen'));
  // Frigate before 0.13 does not say; neither does one whose go2rtc is just starting.
  const streams = await getJson(server, 'api/go2rtc/streams', signal).catch(undefinedIfMissing);
  return names.map(name => {
    const shownAs = at(config, 'cameras', name, 'friendly_name');
    const found = restream('frigate', name, base, tracksOf(at(streams, name)));
    return typeof shownAs === 'string' ? { ...found, name: printableText(shownAs) } : found;
  });
}
