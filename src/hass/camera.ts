import * as v from 'valibot';
import type { CameraAddress } from '../audio/live/camera-address.js';
import { cameraCapture } from '../audio/live/camera-capture.js';
import type { CaptureEnd } from '../audio/live/capture.js';
import type { LiveSource } from '../audio/live/live-sources.js';
import { runCapture } from '../audio/live/run-capture.js';
import { CAMERA_OPEN_MS, HTTP_STALL_MS } from '../audio/live/source.js';
import { codeOf, DeepInfantError, messageOf } from '../errors.js';
import type { SourceTrouble } from '../values.js';
import type { HassConnection, HassState } from './connection.js';

/** A connection that others may use, too. */
export interface HassShare {
  /** The connection, which stays open until it was closed as often as it was opened. */
  open(): HassConnection;
  close(): Promise<void>;
}

const TROUBLE_OF_STATE: Partial<Record<HassState, SourceTrouble>> = {
  unreachable: 'unreachable',
  'wrong-token': 'wrong-password',
  'bad-address': 'wrong-password',
};

/** What the command `camera/stream` gives. */
const STREAM = v.object({ url: v.string() });

/**
 * A camera of Home Assistant as a live source, through the stream that Home Assistant makes for browsers. Each start
 * asks for a new one: its address holds a secret, which ends with the stream.
 * @param key tells the connection from others
 */
export function hassCameraSource(name: string, share: HassShare, key: string, entityId: string): LiveSource {
  const start = runCapture(async (listener, signal) => {
    const hass = share.open();
    try {
      const trouble = await waitForConnection(hass, signal);
      if (trouble) return trouble;
      signal.throwIfAborted();
      const address = await hlsAddress(hass, entityId);
      return explainEnd(await cameraCapture(address)(listener, signal), entityId);
    } catch (error) {
      return { kind: 'not-a-stream', message: messageOf(error), code: codeOf(error) };
    } finally {
      await share.close();
    }
  });
  return {
    name,
    key: `home assistant ${key} ${entityId}`,
    start,
    openMs: CAMERA_OPEN_MS,
    stallMs: HTTP_STALL_MS,
  };
}

/** Waits for the connection. @returns what is in its way, if anything */
function waitForConnection(hass: HassConnection, signal: AbortSignal): Promise<CaptureEnd | undefined> {
  return new Promise(resolve => {
    let unsubscribe = (): void => undefined;
    const settle = (trouble?: CaptureEnd): void => {
      resolve(trouble);
      // The first call comes before there is anything to end.
      setImmediate(() => {
        unsubscribe();
      });
    };
    signal.addEventListener('abort', () => {
      settle();
    });
    unsubscribe = hass.onHealth(({ state, error, code }) => {
      const kind = TROUBLE_OF_STATE[state];
      if (state === 'connected') settle();
      else if (kind && error) settle({ kind, message: error, code });
    });
  });
}

/** The address of a new stream. @throws DeepInfantError `not-connected`, `refused` or `invalid` */
async function hlsAddress(hass: HassConnection, entityId: string): Promise<CameraAddress> {
  const question = { type: 'camera/stream', entity_id: entityId, format: 'hls' };
  const { url } = await hass.ask(question, STREAM);
  // Whoever knows its token may watch: it is kept out of messages as a password is.
  const [, token] = /^\/api\/hls\/([^/]+)\/master_playlist\.m3u8$/.exec(url) ?? [];
  if (!token)
    throw new DeepInfantError(
      'refused',
      `Home Assistant streams ${entityId} in a way that DeepInfant does not know.`,
    );
  const { httpUrl, token: bearer } = hass.endpoint;
  return { url: httpUrl + url.replace(token, '{password}'), user: '', password: token, bearer };
}

/** What the end of a stream means that Home Assistant passes on. */
function explainEnd(end: CaptureEnd, entityId: string): CaptureEnd {
  switch (end.kind) {
    case 'no-program':
      return end;
    case 'no-audio':
      return {
        kind: 'no-audio',
        code: 'no-hass-audio',
        message: `Home Assistant has a picture of ${entityId} but no sound. Switch the camera's microphone on. If Home Assistant plays no sound either, enter the camera's own address: Home Assistant passes on only AAC and MP3.`,
      };
    default:
      return {
        kind: 'disconnected',
        code: 'no-hass-stream',
        message: `Home Assistant does not stream ${entityId}, or has stopped. Does its dashboard show a live picture?`,
      };
  }
}
