import { SAMPLE_RATE, type AudioChunk } from '../values.js';

/** Seconds of live audio that may wait. */
const MOST_WAITING_S = 30;

/**
 * Live audio that waits to be processed. When more than 30 s wait, the oldest chunks are dropped, so that the present is
 * heard in time; what was dropped counts as lost before the next chunk.
 */
export class ChunkQueue {
  private readonly chunks: AudioChunk[] = [];
  private waitingSamples = 0;
  private dropped = 0;

  /** Samples that were dropped since the queue was empty last. */
  get droppedSamples(): number {
    return this.dropped;
  }

  /** How many chunks wait. */
  get length(): number {
    return this.chunks.length;
  }

  push(chunk: AudioChunk): void {
    this.chunks.push(chunk);
    this.waitingSamples += chunk.samples.length;
    while (this.waitingSamples > MOST_WAITING_S * SAMPLE_RATE && this.chunks.length > 1) this.dropOldest();
  }

  /** Takes the oldest chunk out; undefined when none waits. */
  shift(): AudioChunk | undefined {
    const chunk = this.chunks.shift();
    this.waitingSamples -= chunk?.samples.length ?? 0;
    if (this.chunks.length === 0) this.dropped = 0;
    return chunk;
  }

  clear(): void {
    this.chunks.length = 0;
    this.waitingSamples = 0;
    this.dropped = 0;
  }

  private dropOldest(): void {
    const { samples, lost } = this.chunks.shift()!;
    const [next] = this.chunks;
    this.chunks[0] = { ...next, lost: next.lost + lost + samples.length };
    this.waitingSamples -= samples.length;
    this.dropped += samples.length;
  }
}
