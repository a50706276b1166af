import type { AudioChunk, Scores } from '../values.js';
import type { ModelManifest } from './manifest.js';

/** One source's way through a classifier. Calls are answered in their order. */
export interface ClassifierStream {
  /**
   * Takes audio of any length and gives the steps it completed, oldest first.
   * Lost samples before the chunk are heard as silence, so that time stays true.
   */
  push(chunk: AudioChunk): Promise<Scores[]>;
  /** Ends the stream: fills the last step with silence and gives it. A next push begins a new stream. */
  flush(): Promise<Scores[]>;
  /** Frees the stream's memory. */
  close(): Promise<void>;
}

/** A model that is loaded and can hear any number of streams at once. */
export interface Classifier {
  readonly manifest: ModelManifest;
  open(): ClassifierStream;
  /** Gives the model back. */
  close(): Promise<void>;
}
