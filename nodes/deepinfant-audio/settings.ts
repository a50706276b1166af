export interface AudioSettings {
  name: string;
  /** The built-in nursery scene, a file or folder, or what messages bring. */
  kind: 'demo' | 'recording' | 'input';
  /** File or folder; used by the kind `recording`. */
  path: string;
  /** `realTime` sends a second of audio each second, as a microphone does. */
  speed: 'realTime' | 'fast';
  /** Play once when the flow starts, without a message; not used by the kind `input`. */
  autoStart: boolean;
}

export const AUDIO_DEFAULTS: AudioSettings = {
  name: '',
  kind: 'demo',
  path: '',
  speed: 'realTime',
  autoStart: true,
};
