import type { AudioChunk } from '../values.js';

/** A chunk that follows one that was dropped: what that held is lost before it. */
export function afterDropped(dropped: AudioChunk, next: AudioChunk): AudioChunk {
  return { ...next, lost: next.lost + dropped.lost + dropped.samples.length };
}
