import * as v from 'valibot';
import { flag, numberFrom, oneOf, text, version } from '../settings.js';

export const AUDIO_SETTINGS = v.object({
  version,
  name: text(),
  /** A live source, the built-in nursery scene, a file or folder, or what messages bring. */
  kind: oneOf(['microphone', 'camera', 'hassCamera', 'demo', 'recording', 'input'], 'demo'),
  /** Name of the microphone, as it is listed; '' for the system's own choice. */
  microphone: text(),
  /** Address of the camera's stream, without user and password: these are credentials. */
  url: text(),
  /** Id of a deepinfant-hass node, and the entity id of one of its cameras; used by the kind `hassCamera`. */
  hass: text(),
  entity: text(),
  /** Number of the camera's audio track to hear, from 1; 0 for the one that sounds. */
  track: numberFrom(0, 8, 0),
  /** Whether the camera sends sound only when it is loud. */
  pauses: flag(false),
  /** File or folder; used by the kind `recording`. */
  path: text(),
  /** `realTime` sends a second of audio each second, as a microphone does. */
  speed: oneOf(['realTime', 'fast'], 'realTime'),
  /** Play once when the flow starts, without a message; for the kinds `demo` and `recording`. */
  autoStart: flag(true),
});

export type AudioSettings = v.InferOutput<typeof AUDIO_SETTINGS>;

/** What Node-RED keeps apart from the flow, and never exports. */
export interface AudioCredentials {
  user?: string;
  password?: string;
}
