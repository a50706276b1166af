/**
 * What stands between a microphone or camera and the supervisor: an attempt to hear it, made by a process that can be
 * killed.
 */
import type { AudioFormat } from '../../values.js';

/** Why a capture ended, or never began. */
export type CaptureEndKind =
  /** It was heard, and then the connection or the device went away. */
  | 'disconnected'
  /** Nobody answers: wrong address, switched off, no network, nothing listening there. */
  | 'unreachable'
  /** Somebody answers, and not as a source of sound does: another service, a broken stream. */
  | 'not-a-stream'
  /** The camera wants another user name or password. */
  | 'wrong-password'
  /** The camera answers and has nothing at this path. */
  | 'not-found'
  /** There is a picture and no sound: the camera's microphone is switched off, or it has none. */
  | 'no-audio'
  /** No microphone of this name, or it was unplugged. */
  | 'no-device'
  /** Another program holds the microphone. */
  | 'device-busy'
  /** The program that captures is missing or cannot be started. */
  | 'no-program';

/** How a capture ended. */
export interface CaptureEnd {
  kind: CaptureEndKind;
  /** What went wrong, where, and what to do, in a sentence or two; holds no password. */
  message: string;
}

/** What a capture tells. Nothing comes after `ended`, nor after `stop` was called. */
export interface CaptureListener {
  /** New audio, 16 kHz mono in [-1, 1], finite; of any length above 0. It may be kept. */
  samples(samples: Float32Array): void;
  /** What is captured, where it is known; at any time. */
  format(format: AudioFormat): void;
  ended(end: CaptureEnd): void;
}

/** A capture that runs. */
export interface Capture {
  /** Ends it for good, whatever it does; resolves when its process is gone. May be called twice. */
  stop(): Promise<void>;
}

/** Begins to capture one microphone or camera; what fails is told to `ended`, nothing is thrown. */
export type StartCapture = (listener: CaptureListener) => Capture;
