import type { CameraAddress } from '../audio/live/camera-address.js';
import { cameraCapture } from '../audio/live/camera-capture.js';
import type { CaptureEnd } from '../audio/live/capture.js';
import type { LiveSource } from '../audio/live/live-sources.js';
import { runCapture } from '../audio/live/run-capture.js';
import { HTTP_STALL_MS } from '../audio/live/source.js';
import { DeepInfantError, messageOf } from '../errors.js';
import type { SourceTrouble } from '../values.js';
import type { HassConnection, HassState } from './connection.js';

/** A connection that others use, too. */
export interface HassShare {
  /** The connection, which is open until it is released as often as it was used. */
  use(): HassConnection;
  release(): Promise<void>;
}

const TROUBLE_OF_STATE: Partial<Record<HassState, SourceTrouble>> = {
  unreachable: 'unreachable',
  'wrong-token': 'wrong-password',
  'bad-address': 'wrong-password',
};

/**
 * A camera of Home Assistant as a live source, through the stream that Home Assistant makes of it for browsers. It is
 * asked for anew at each start: its address holds a secret, which ends with the stream.
 * @param key tells the connection from others
 */
export function hassCameraSource(name: string, share: HassShare, key: string, entityId: string): LiveSource {
  const start = runCapture(async (listener, signal) => {
    const hass = share.use();
    try {
      const trouble = await connected(hass, signal);
      if (trouble) return trouble;
      signal.throwIfAborted();
      const address = await hlsAddress(hass, entityId);
      return explained(await cameraCapture(address)(listener, signal), entityId);
    } catch (error) {
      return { kind: 'not-a-stream', message: messageOf(error) };
    } finally {
      await share.release();
    }
  });
  return { name, key: `home assistant ${key} ${entityId}`, start, stallMs: HTTP_STALL_MS };
}

/** Waits for the connection; gives what keeps it from being made. */
function connected(hass: HassConnection, signal: AbortSignal): Promise<CaptureEnd | undefined> {
  return new Promise(resolve => {
    let unhear = (): void => undefined;
    const settle = (trouble?: CaptureEnd): void => {
      resolve(trouble);
      // Also where it is known at once.
      setImmediate(() => {
        unhear();
      });
    };
    signal.addEventListener('abort', () => {
      settle();
    });
    unhear = hass.onHealth(({ state, error }) => {
      const kind = TROUBLE_OF_STATE[state];
      if (state === 'connected') settle();
      else if (kind && error) settle({ kind, message: error });
    });
  });
}

/** Where the stream is now. @throws DeepInfantError `not-connected` or `refused` */
async function hlsAddress(hass: HassConnection, entityId: string): Promise<CameraAddress> {
  const question = { type: 'camera/stream', entity_id: entityId, format: 'hls' };
  const { url } = await hass.ask<{ url: string }>(question);
  // Whoever knows its token may look: it is kept from messages as a password is.
  const [, token] = /^\/api\/hls\/([^/]+)\/master_playlist\.m3u8$/.exec(url) ?? [];
  if (!token)
    throw new DeepInfantError(
      'refused',
      `Home Assistant has a stream of ${entityId} of a kind unknown here.`,
    );
  const { httpUrl, token: bearer } = hass.endpoint;
  return { url: httpUrl + url.replace(token, '{password}'), user: '', password: token, bearer };
}

/** What the end means of a stream that Home Assistant passes on. */
function explained(end: CaptureEnd, entityId: string): CaptureEnd {
  switch (end.kind) {
    case 'no-program':
      return end;
    case 'no-audio':
      return {
        kind: 'no-audio',
        message: `Home Assistant has a picture of ${entityId} and no sound. Switch its microphone on; if Home Assistant itself plays none, either, enter the camera by its own address: Home Assistant passes on no sound but AAC and MP3.`,
      };
    default:
      return {
        kind: 'disconnected',
        message: `Home Assistant gives no stream of ${entityId}, or no more. Does it show the camera moving?`,
      };
  }
}
