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

/** More than any home has. Each takes some 300 kB, and whoever sends messages may name as many as they like. */
const MOST_SOURCES = 50;
/** A model that could not be loaded is loaded again by the first chunk after so long. */
const LOAD_AGAIN_MS = 10_000;

/** What became of a chunk. */
export interface LiveDetection extends Detection {
  /** The chunk that was scored, an older one where the detector is behind; none where an older one was dropped. */
  chunk?: AudioChunk;
}

/** One source that is heard chunk by chunk. */
interface OpenSource {
  name: string;
  detector: Promise<Detector>;
  queue: ChunkQueue;
  turns: Turns;
  /** Turns that have not taken a chunk yet. */
  waitingTurns: number;
}

/** Finds cries in any number of sources, each for itself, with one model and one preset. */
export class SourceDetectors {
  /** By id and name; the one that was heard last is the last. */
  private readonly sources = new Map<string, OpenSource>();
  /** Seconds of the cries in progress, by what they are heard with. */
  private readonly cries = new Map<Detector, number>();
  private lastCry = 0;
  /** Of the model that was loaded last. */
  manifest: ModelManifest | undefined;
  private classifier: Promise<Classifier> | undefined;
  /** When it could not be loaded, by a monotonic clock in ms; infinite where it could. */
  private failedAt = Infinity;
  /** Settles when all sources that are complete, or had to make room for others, have ended. */
  private ending: Promise<unknown> = Promise.resolve();

  /**
   * @param load loads the model, and again where that failed
   * @param emit gets the ends of cries that this ends by itself, because of another preset, too many sources or its own end
   * @param report gets that there are too many sources
   * @param mostSources are heard at a time
   */
  constructor(
    private readonly load: () => Promise<Classifier>,
    private preset: Preset,
    private readonly emit: (source: string, detection: Detection) => void,
    private readonly report: (error: DeepInfantError) => void = () => undefined,
    private readonly mostSources = MOST_SOURCES,
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
   * @throws what loading the model throws; a chunk that comes later loads it again
   */
  async push(chunk: AudioChunk, sourceId: string): Promise<LiveDetection> {
    const opened = this.sourceOf(chunk.source, sourceId);
    opened.queue.push(chunk);
    // Where an older chunk was dropped, its turn takes the next one: a turn for each would pile up for as long as it is behind.
    if (opened.waitingTurns >= opened.queue.length) return { scores: [], events: [] };
    opened.waitingTurns++;
    return opened.turns.take(async () => {
      opened.waitingTurns--;
      const oldest = opened.queue.shift();
      if (oldest === undefined) return { scores: [], events: [] };
      const detector = await opened.detector;
      const detection = await detector.push(oldest);
      this.note(detector, detection);
      return { ...detection, chunk: oldest };
    });
  }

  /** Hears what waits of a source, and ends it. A source that is not known is complete already. */
  async complete(name: string, sourceId: string, emit: (detection: Detection) => void): Promise<void> {
    const key = keyOf(name, sourceId);
    const source = this.sources.get(key);
    if (source === undefined) return;
    this.sources.delete(key);
    const ended = this.end(source, emit, true);
    this.ending = Promise.allSettled([this.ending, ended]);
    await ended;
  }

  /** Hears a recording from its beginning to its end. @throws what reading it and loading the model throw */
  async hear(
    source: string,
    chunks: AsyncIterable<AudioChunk>,
    emit: (detection: Detection) => void,
  ): Promise<void> {
    const detector = openDetector(await this.loadOnce(), source, this.preset);
    try {
      await detector.hear(chunks, detection => {
        this.note(detector, detection);
        emit(detection);
      });
    } finally {
      this.cries.delete(detector);
    }
  }

  private sourceOf(name: string, sourceId: string): OpenSource {
    const key = keyOf(name, sourceId);
    const source = this.sources.get(key) ?? this.openSource(key, name);
    this.sources.delete(key);
    this.sources.set(key, source);
    if (this.sources.size > this.mostSources) this.endIdlest();
    return source;
  }

  private openSource(key: string, name: string): OpenSource {
    const { preset } = this;
    const detector = this.loadOnce().then(loaded => openDetector(loaded, name, preset));
    const source = { name, detector, queue: new ChunkQueue(), turns: new Turns(), waitingTurns: 0 };
    // One whose model could not be loaded begins anew.
    detector.catch(() => {
      if (this.sources.get(key) === source) this.sources.delete(key);
    });
    return source;
  }

  /** Ends the source that was not heard for longest. */
  private endIdlest(): void {
    const [[key, idlest]] = this.sources;
    this.sources.delete(key);
    const ended = this.end(idlest, detection => {
      this.emit(idlest.name, detection);
    });
    this.ending = Promise.allSettled([this.ending, ended]);
    const text = `More than ${this.mostSources} sources are heard here: those that were not heard for longest make room. Does each message name another source?`;
    this.report(new DeepInfantError('too-many-sources', text));
  }

  private loadOnce(): Promise<Classifier> {
    // Not by each chunk.
    if (performance.now() - this.failedAt > LOAD_AGAIN_MS) this.classifier = undefined;
    return (this.classifier ??= this.loadModel());
  }

  private async loadModel(): Promise<Classifier> {
    this.failedAt = Infinity;
    try {
      const classifier = await this.load();
      this.manifest = classifier.manifest;
      return classifier;
    } catch (error) {
      this.failedAt = performance.now();
      throw error;
    }
  }

  private note(detector: Detector, { scores }: Detection): void {
    const { cryingS } = detector;
    if (cryingS === undefined) this.cries.delete(detector);
    else this.cries.set(detector, cryingS);
    this.lastCry = scores.at(-1)?.scores.cry ?? this.lastCry;
  }

  /** Ends a source when its turn comes. */
  private end(source: OpenSource, emit: (detection: Detection) => void, isWhole = false): Promise<void> {
    return source.turns.take(async () => {
      const detector = await source.detector;
      try {
        await detector.flush(detection => {
          this.note(detector, detection);
          emit(detection);
        }, isWhole);
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
