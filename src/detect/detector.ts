import type { ClassifierStream } from '../model/classifier.js';
import type { AudioChunk, CryEvent, Scores } from '../values.js';
import type { Tracker } from './tracker.js';

/** What a piece of audio gave: the steps it completed and the events they caused, oldest first. */
export interface Detection {
  scores: Scores[];
  events: CryEvent[];
}

/** One source's way from audio to cry events. Await each call before the next. */
export class Detector {
  constructor(
    private readonly stream: ClassifierStream,
    private readonly tracker: Tracker,
  ) {}

  async push(chunk: AudioChunk): Promise<Detection> {
    return this.track(await this.stream.push(chunk));
  }

  /** Ends the stream and with it a running cry. A next push begins a new stream. */
  async flush(): Promise<Detection> {
    const { scores, events } = this.track(await this.stream.flush());
    return { scores, events: [...events, ...this.tracker.flush()] };
  }

  close(): Promise<void> {
    return this.stream.close();
  }

  private track(scores: Scores[]): Detection {
    return { scores, events: scores.flatMap(step => this.tracker.push(step)) };
  }
}
