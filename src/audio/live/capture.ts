/**
 * What stands between a microphone or camera and the supervisor: one attempt to capture it, by a process that can be
 * killed.
 */
import type { AudioFormat, SourceTrouble, TrackHealth } from '../../values.js';

/** How a capture ended. */
export interface CaptureEnd {
  kind: SourceTrouble;
  /** What went wrong, where, and what to do, in a sentence or two; holds no password. */
  message: string;
  /** That of the error, where it says more than the kind. */
  code?: string;
}

/** Receives what a capture sends. Nothing comes after `ended`, nor after `stop` was called. */
export interface CaptureListener {
  /** New audio, 16 kHz mono in [-1, 1], finite; of any length above 0. It may be kept. */
  samples(samples: Float32Array): void;
  /** What is captured, where it is known; at any time. */
  format(format: AudioFormat): void;
  /** The audio tracks of a camera, about once a second. */
  tracks?(tracks: TrackHealth[]): void;
  /** The camera's clock made a step, which its sound did not. */
  clockStep?(): void;
  /** What is wrong while no sound comes, in words that hold no password. */
  complaint?(complaint: string): void;
  ended(end: CaptureEnd): void;
}

/** A capture that runs. */
export interface Capture {
  /** Ends it for good, whatever it does; resolves when its process is gone. May be called twice. */
  stop(): Promise<void>;
}

/** Starts to capture one microphone or camera. Failures arrive at `ended`, nothing is thrown. */
export type StartCapture = (listener: CaptureListener) => Capture;
