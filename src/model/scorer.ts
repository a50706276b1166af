import type { AudioChunk, Scores } from '../values.js';

/**
 * Turns one stream's audio into scores. Its work is a generator, which rests after each step, so that it need not be done
 * at a stretch; finish one before the next one begins.
 */
export interface Scorer {
  /** Takes a chunk and returns the steps that it completed, oldest first. */
  push(chunk: AudioChunk): Generator<void, Scores[]>;
  /** Fills the last step with silence, returns it, and begins the stream anew. */
  flush(): Generator<void, Scores[]>;
  /** Frees the stream's memory. */
  close(): void;
}
