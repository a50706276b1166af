export interface AudioSettings {
  name: string;
  /** A live source, the built-in nursery scene, a file or folder, or what messages bring. */
  kind: 'microphone' | 'camera' | 'hassCamera' | 'demo' | 'recording' | 'input';
  /** Name of the microphone, as it is listed; empty for the system's own choice. */
  microphone: string;
  /** Address of the camera's stream, without user and password: these are credentials. */
  url: string;
  /** Id of a deepinfant-hass node, and the entity id of one of its cameras; used by the kind `hassCamera`. */
  hass: string;
  entity: string;
  /** File or folder; used by the kind `recording`. */
  path: string;
  /** `realTime` sends a second of audio each second, as a microphone does. */
  speed: 'realTime' | 'fast';
  /** Play once when the flow starts, without a message; for the kinds `demo` and `recording`. */
  autoStart: boolean;
}

/** What Node-RED keeps apart from the flow, and never exports. */
export interface AudioCredentials {
  user?: string;
  password?: string;
}

export const AUDIO_DEFAULTS: AudioSettings = {
  name: '',
  kind: 'demo',
  microphone: '',
  url: '',
  hass: '',
  entity: '',
  path: '',
  speed: 'realTime',
  autoStart: true,
};
