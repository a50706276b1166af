import type { AudioChunk, Scores } from '../values.js';

/** Turns audio of many streams into scores; what a stream has heard is in a value that the scorer makes. */
export interface Scorer<Stream> {
  open(): Stream;
  /** Takes one chunk of each stream, and gives the steps that each completed, oldest first. */
  push(requests: readonly { stream: Stream; chunk: AudioChunk }[]): Scores[][];
  /** Fills a stream's last step with silence, gives it, and begins the stream anew. */
  flush(stream: Stream): Scores[];
  /** Forgets what a stream has heard. */
  reset(stream: Stream): void;
}
