import { DeepInfantError } from '../../errors.js';
import type { FoundCamera } from './found.js';
import { findFrigateStreams } from './frigate.js';
import { findGo2rtcStreams } from './go2rtc.js';
import { findOnvifCameras } from './onvif.js';
import type { OnvifLogin } from './onvif-worker.js';

export interface FindOptions {
  /** Whether to search the network; it is searched unless this is false. */
  network?: boolean;
  /** User and password for the cameras that ONVIF finds: tried once at each of them. */
  login?: OnvifLogin;
  /** Host or http address of a go2rtc; port 1984 unless given. */
  go2rtc?: string;
  /** Host or http address of a Frigate; port 5000 unless given. */
  frigate?: string;
}

export interface Found {
  /** First what go2rtc or Frigate passes on, which costs the camera no connection more. */
  cameras: FoundCamera[];
  /** Why go2rtc or Frigate gave no cameras. */
  problems: DeepInfantError[];
}

/**
 * Finds cameras by ONVIF, and the streams of a go2rtc and a Frigate where their address is given; takes 3 to 10 s.
 * @throws the signal's reason when it aborts
 */
export async function findCameras(
  { network = true, login, go2rtc, frigate }: FindOptions,
  signal: AbortSignal,
): Promise<Found> {
  const searches: Promise<FoundCamera[]>[] = [];
  if (frigate !== undefined) searches.push(findFrigateStreams(frigate, signal));
  if (go2rtc !== undefined) searches.push(findGo2rtcStreams(go2rtc, signal));
  if (network) searches.push(findOnvifCameras(login, signal));
  const cameras = new Map<string, FoundCamera>();
  const problems: DeepInfantError[] = [];
  for (const search of await Promise.allSettled(searches)) {
    if (search.status === 'fulfilled') {
      for (const camera of search.value) {
        // Frigate's go2rtc may also be asked at an address of its own.
        const key = camera.address ?? `${camera.host} ${camera.name}`;
        if (!cameras.has(key)) cameras.set(key, camera);
      }
    } else if (search.reason instanceof DeepInfantError) problems.push(search.reason);
    else throw search.reason;
  }
  return { cameras: [...cameras.values()], problems };
}
