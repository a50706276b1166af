import { OPEN_MS, startCamera, type CameraOptions } from './camera-capture.js';
import { parseCameraAddress } from './camera-address.js';
import type { LiveSource } from './live-sources.js';
import { startMicrophone } from './microphone.js';

/** A microphone sends all the time: when it does not, it is gone. */
const MICROPHONE_STALL_MS = 1500;
/** A camera on a bad network pauses now and then. */
const CAMERA_STALL_MS = 5000;
/** HLS comes a segment at a time, of up to some ten seconds (RFC 8216). */
export const HTTP_STALL_MS = 30_000;

/** A camera ends its opening by itself, and says why. */
export const CAMERA_OPEN_MS = OPEN_MS + 5000;

/** User and password of a camera. */
export interface Login {
  user?: string;
  password?: string;
}

/**
 * A microphone as a live source.
 * @param device its name as it is listed; '' for the system's choice
 */
export function microphoneSource(name: string, device: string): LiveSource {
  return {
    name,
    key: `microphone ${device}`,
    start: startMicrophone(device || undefined),
    stallMs: MICROPHONE_STALL_MS,
  };
}

/**
 * A camera's stream as a live source.
 * @throws DeepInfantError what parseCameraAddress throws
 */
export function cameraSource(
  name: string,
  url: string,
  login: Login,
  options: CameraOptions = {},
): LiveSource {
  const address = parseCameraAddress(url, login);
  const isHttp = address.url.startsWith('http');
  return {
    name,
    key: JSON.stringify([address, options]),
    start: startCamera(address, options),
    openMs: CAMERA_OPEN_MS,
    stallMs: isHttp ? HTTP_STALL_MS : CAMERA_STALL_MS,
  };
}
