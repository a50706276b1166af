import { ChunkQueue } from '../audio/chunk-queue.js';
import { DeepInfantError } from '../errors.js';
import type { Classifier } from '../model/classifier.js';
import type { ModelManifest, Preset } from '../model/manifest.js';
import { Turns } from '../turns.js';
import { SAMPLE_RATE, type AudioChunk } from '../values.js';
import { openDetector, type Detection, type Detector } from './detector.js';

/** What to show of a detector of several sources: the first of these that holds. */
export type DetectorStatus =
  /** Two sources have one name, so that nobody can tell whose cry is whose. */
  | { state: 'same-name'; source: string }
  /** Audio arrives faster than it is scored; so many seconds of it were dropped. */
  | { state: 'behind'; droppedS: number }
  /** Seconds of the longest cry in progress, as its messages count them. */
  | { state: 'crying'; cryingS: number }
  /** The cry probability of the last step, in [0, 1]. */
  | { state: 'listening'; cry: number };

/** One source that is heard chunk by chunk. */
interface OpenSource {
  name: string;
  /** The model that it is heard with. */
  classifier: Promise<Classifier>;
  detector: Promise<Detector>;
  queue: ChunkQueue;
  turns: Turns;
}

/** Finds cries in any number of sources, each for itself, with one model and one preset. */
export class SourceDetectors {
  /** By id and name. */
  private readonly sources = new Map<string, OpenSource>();
  /** Seconds of the cries in progress, by what they are heard with. */
  private readonly cries = new Map<Detector, number>();
  private lastCry = 0;
  /** Of the model that was loaded last. */
  manifest: ModelManifest | undefined;
  private classifier: Promise<Classifier> | undefined;
  /** Settles when all sources that are complete, or whose model broke down, have ended. */
  private ending: Promise<unknown> = Promise.resolve();

  /**
   * @param load loads the model, and again after it broke down
   * @param emit gets the ends of cries that this ends by itself, because of another preset, a broken model or its own end
   */
  constructor(
    private readonly load: () => Promise<Classifier>,
    private preset: Preset,
    private readonly emit: (source: string, detection: Detection) => void,
  ) {}

  /** Loads the model. @throws what `load` throws */
  async open(): Promise<void> {
    await this.loadOnce();
  }

  /** Ends all sources, those that are complete after all that waits of them; the others at once. */
  async close(): Promise<void> {
    await Promise.all([this.ending, this.endAll()]);
    await this.closeModel();
  }

  get status(): DetectorStatus {
    const names = new Set<string>();
    for (const { name } of this.sources.values()) {
      if (names.has(name)) return { state: 'same-name', source: name };
      names.add(name);
    }
    const dropped = Math.max(0, ...[...this.sources.values()].map(({ queue }) => queue.droppedSamples));
    if (dropped > 0) return { state: 'behind', droppedS: dropped / SAMPLE_RATE };
    if (this.cries.size === 0) return { state: 'listening', cry: this.lastCry };
    return { state: 'crying', cryingS: Math.max(...this.cries.values()) };
  }

  /** Reports cries in progress as ended; what is heard next is judged by another preset, from its beginning. */
  async usePreset(preset: Preset): Promise<void> {
    this.preset = preset;
    await this.endAll();
  }

  /**
   * Hears the next chunk of a source, after those that wait. Where chunks were dropped, nothing is found in their place.
   * @param sourceId tells sources of one name apart: the id of the node that sends them, or ''
   * @throws DeepInfantError `model-failed`: all cries in progress end, and the next chunk loads the model anew
   */
  async push(chunk: AudioChunk, sourceId: string): Promise<Detection> {
    const opened = this.sourceOf(chunk.source, sourceId);
    opened.queue.push(chunk);
    try {
      return await opened.turns.take(async () => {
        const oldest = opened.queue.shift();
        if (oldest === undefined) return { scores: [], events: [] };
        const detector = await opened.detector;
        const detection = await detector.push(oldest);
        this.note(detector, detection);
        return detection;
      });
    } catch (error) {
      this.recover(opened.classifier, error);
      throw error;
    }
  }

  /** Hears what waits of a source, and ends it. A source that is not known is complete already. */
  async complete(name: string, sourceId: string, emit: (detection: Detection) => void): Promise<void> {
    const key = keyOf(name, sourceId);
    const source = this.sources.get(key);
    if (source === undefined) return;
    this.sources.delete(key);
    const ended = this.end(source, emit);
    this.ending = Promise.allSettled([this.ending, ended]);
    try {
      await ended;
    } catch (error) {
      this.recover(source.classifier, error);
      throw error;
    }
  }

  /** Hears a recording from its beginning to its end. @throws what reading it throws, and `model-failed` */
  async hear(
    source: string,
    chunks: AsyncIterable<AudioChunk>,
    emit: (detection: Detection) => void,
  ): Promise<void> {
    const classifier = this.loadOnce();
    const detector = openDetector(await classifier, source, this.preset);
    try {
      await detector.hear(chunks, detection => {
        this.note(detector, detection);
        emit(detection);
      });
    } catch (error) {
      this.recover(classifier, error);
      throw error;
    } finally {
      this.cries.delete(detector);
    }
  }

  private sourceOf(name: string, sourceId: string): OpenSource {
    const key = keyOf(name, sourceId);
    let source = this.sources.get(key);
    if (source === undefined) {
      const classifier = this.loadOnce();
      const { preset } = this;
      const detector = classifier.then(loaded => openDetector(loaded, name, preset));
      source = { name, classifier, detector, queue: new ChunkQueue(), turns: new Turns() };
      this.sources.set(key, source);
    }
    return source;
  }

  private loadOnce(): Promise<Classifier> {
    return (this.classifier ??= this.load().then(classifier => {
      this.manifest = classifier.manifest;
      return classifier;
    }));
  }

  private note(detector: Detector, { scores }: Detection): void {
    const { cryingS } = detector;
    if (cryingS === undefined) this.cries.delete(detector);
    else this.cries.set(detector, cryingS);
    this.lastCry = scores.at(-1)?.scores.cry ?? this.lastCry;
  }

  /** Ends a source when its turn comes. */
  private end(source: OpenSource, emit: (detection: Detection) => void): Promise<void> {
    return source.turns.take(async () => {
      const detector = await source.detector;
      try {
        await detector.flush(detection => {
          this.note(detector, detection);
          emit(detection);
        });
      } finally {
        this.cries.delete(detector);
      }
    });
  }

  /** Ends all sources at once, without what waits: a cry that was reported as started is reported as ended. */
  private async endAll(): Promise<void> {
    const sources = [...this.sources.values()];
    this.sources.clear();
    const ends = sources.map(source => {
      source.queue.clear();
      return this.end(source, detection => {
        this.emit(source.name, detection);
      });
    });
    // What fails at the end failed before, and was thrown then.
    await Promise.allSettled(ends);
  }

  /** After a model broke down, all sources end, and the next chunk loads it anew. */
  private recover(classifier: Promise<Classifier>, error: unknown): void {
    const isBroken = error instanceof DeepInfantError && error.code === 'model-failed';
    if (!isBroken || classifier !== this.classifier) return;
    this.ending = Promise.allSettled([this.ending, this.endAll(), this.closeModel()]);
  }

  private async closeModel(): Promise<void> {
    const model = this.classifier;
    this.classifier = undefined;
    // One that could not be loaded was reported.
    await model?.then(
      classifier => classifier.close(),
      () => undefined,
    );
  }
}

function keyOf(name: string, sourceId: string): string {
  return JSON.stringify([sourceId, name]);
}
