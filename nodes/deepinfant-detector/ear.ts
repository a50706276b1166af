import { afterDropped } from '../../src/audio/chunk.js';
import type { Detection, Detector } from '../../src/detect/detector.js';
import { type AudioChunk, SAMPLE_RATE } from '../../src/values.js';
import { countWaiting } from '../backlog.js';
import { Turns } from '../../src/turns.js';

/** Seconds of audio of one source that may wait; then the oldest is dropped, so that the present is heard in time. */
const MAX_WAITING_S = 30;

/** Hears the chunks of one source in their order. */
export class Ear {
  private readonly turns = new Turns();
  private readonly waiting: AudioChunk[] = [];
  private waitingSamples = 0;
  /** Samples dropped since the ear last kept up; 0 while it does. */
  droppedSamples = 0;

  constructor(
    private readonly source: string,
    private readonly detector: Promise<Detector>,
  ) {}

  /** Hears the oldest chunk that waits, and gives what was found in it. */
  hear(chunk: AudioChunk): Promise<Detection> {
    this.waiting.push(chunk);
    this.count(chunk.samples.length);
    while (this.waitingSamples > MAX_WAITING_S * SAMPLE_RATE && this.waiting.length > 1) this.dropOldest();
    return this.turns.take(async () => {
      const oldest = this.waiting.shift();
      if (oldest === undefined) return { scores: [], events: [] };
      try {
        return await (await this.detector).push(oldest);
      } finally {
        this.count(-oldest.samples.length);
        if (this.waiting.length === 0) this.droppedSamples = 0;
      }
    });
  }

  /** Lets go of what waits. */
  drop(): void {
    for (const chunk of this.waiting.splice(0)) this.count(-chunk.samples.length);
  }

  /** Ends the source when all that waits has been heard. */
  end(tell: (detection: Detection) => void): Promise<void> {
    return this.turns.take(async () => (await this.detector).flush(tell));
  }

  private dropOldest(): void {
    const dropped = this.waiting.shift()!;
    this.waiting[0] = afterDropped(dropped, this.waiting[0]);
    this.count(-dropped.samples.length);
    this.droppedSamples += dropped.samples.length;
  }

  private count(samples: number): void {
    this.waitingSamples += samples;
    countWaiting(this.source, samples);
  }
}
