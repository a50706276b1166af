import type { Classifier, ClassifierStream } from '../model/classifier.js';
import type { Preset } from '../model/manifest.js';
import { SAMPLE_RATE, type AudioChunk, type CryEvent, type Scores } from '../values.js';
import { Clip } from './clip.js';
import { Tracker, TRACKER_DEFAULTS } from './tracker.js';

/** What a piece of audio gave: the steps it completed and the events they caused, oldest first. */
export interface Detection {
  scores: Scores[];
  events: CryEvent[];
  /** Of a recording that is short enough to be judged as a whole, at its end. */
  clipScore?: number;
}

/** The way of a new source, named `source` in its events. */
export function openDetector(classifier: Classifier, source: string, preset: Preset): Detector {
  const { odds } = classifier.manifest.presets[preset];
  const tracker = new Tracker(source, { ...TRACKER_DEFAULTS, odds });
  return new Detector(classifier.open(), tracker, new Clip(source, classifier, preset));
}

/** One source's way from audio to cry events. Await each call before the next. */
export class Detector {
  private hasFound = false;

  /** @param clip judges what was heard as a whole where it turns out to be short */
  constructor(
    private readonly stream: ClassifierStream,
    private readonly tracker: Tracker,
    private readonly clip?: Clip,
  ) {}

  /** Seconds of the cry in progress, without the quiet after what was heard last; undefined without one. */
  get cryingS(): number | undefined {
    return this.tracker.cryingS;
  }

  async push(chunk: AudioChunk): Promise<Detection> {
    this.clip?.push(chunk);
    return this.track(await this.stream.push(chunk));
  }

  /**
   * Ends the source and frees its memory; nothing can be pushed after it. A cry in progress is reported as ended, also
   * when the source's last step cannot be scored.
   * @param isWhole all of the source was heard: a short one is a cry, too, if its clip score says so
   */
  async flush(emit: (detection: Detection) => void, isWhole = false): Promise<void> {
    try {
      emit(this.track(await this.stream.flush()));
    } finally {
      try {
        emit({ scores: [], events: this.tracker.flush() });
        if (isWhole && this.clip?.isShort) {
          const { score, events } = await this.clip.judge();
          emit({ scores: [], events: this.hasFound ? [] : events, clipScore: score });
        }
      } finally {
        await this.stream.close();
      }
    }
  }

  /**
   * Hears a source to its end, and emits after each chunk what it gave, with the seconds of audio heard so far. A source
   * that breaks off is ended, too, before its error is thrown.
   */
  async hear(
    chunks: AsyncIterable<AudioChunk>,
    emit: (detection: Detection, heardS: number) => void,
  ): Promise<void> {
    let heardS = 0;
    const flush = (): Promise<void> =>
      this.flush(detection => {
        emit(detection, heardS);
      }, true);
    try {
      for await (const chunk of chunks) {
        heardS = (chunk.firstSample + chunk.samples.length) / SAMPLE_RATE;
        emit(await this.push(chunk), heardS);
      }
    } catch (error) {
      // Whatever goes wrong at the end follows from this error.
      await flush().catch(() => undefined);
      throw error;
    }
    await flush();
  }

  private track(scores: Scores[]): Detection {
    const events = scores.flatMap(step => this.tracker.push(step));
    this.hasFound ||= events.length > 0;
    this.clip?.take(scores);
    return { scores, events };
  }
}
