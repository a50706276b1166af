import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DeepInfantError, messageOf } from '../errors.js';
import { SAMPLE_RATE, type AudioChunk, type Scores } from '../values.js';
import type { Classifier, ClassifierStream } from './classifier.js';
import { MEMORY_FRAMES } from './cry-net.js';
import { LoadedClassifier, type LoadedModel } from './loaded-classifier.js';
import type { ModelManifest } from './manifest.js';
import { scoreSegment, type Segment } from './segment.js';

/** Long beside the 9 s that are heard again before each segment, short beside a recording of an hour. */
const SEGMENT_S = 120;
/** Memory of a thread for objects that live shortly, MB: V8 would let it grow by some 40. */
const YOUNG_MB = 8;
/** Segments that a thread has at a time: the next one is there when it needs it. */
const SEGMENTS_PER_THREAD = 2;

/**
 * Scores long recordings on several threads, each a segment of some minutes. As no step depends on what was heard long
 * before it, a thread that begins early enough gives the same scores, bit for bit. For recordings only: their chunks
 * follow each other without a gap, and their scores come when a segment is complete.
 */
export class ThreadedClassifier implements Classifier {
  readonly manifest: ModelManifest;
  /** Scores what is not longer than a segment. */
  private readonly local: LoadedClassifier;
  private threads: ScoringThread[] = [];
  private readonly running = new Set<Promise<unknown>>();
  private readonly mostRunning: number;
  private isClosed = false;

  constructor(
    private readonly model: LoadedModel,
    private readonly threadCount: number,
  ) {
    this.manifest = model.manifest;
    this.local = new LoadedClassifier(model);
    this.mostRunning = threadCount * SEGMENTS_PER_THREAD;
  }

  open(): ClassifierStream {
    return new SegmentStream(this.manifest, this.local, segment => this.begin(segment), this.mostRunning);
  }

  /** Ends all threads: what they have to score fails. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([this.local.close(), ...this.threads.map(thread => thread.close())]);
  }

  /** Has a thread score a segment, once one has room for it. */
  private async begin(segment: Segment): Promise<{ scores: Promise<Scores[]> }> {
    while (this.running.size >= this.mostRunning) await Promise.race(this.running);
    this.threads = this.threads.filter(({ hasEnded }) => !hasEnded);
    if (this.isClosed) throw new DeepInfantError('model-failed', `${this.manifest.name} is closed.`);
    let thread = this.threads.find(({ load }) => load === 0);
    if (thread === undefined && this.threads.length < this.threadCount)
      this.threads.push((thread = new ScoringThread(this.model)));
    thread ??= this.threads.reduce((a, b) => (b.load < a.load ? b : a));
    const scores = thread.score(segment);
    const ended: Promise<unknown> = scores
      // It is thrown where the scores are awaited.
      .catch(() => undefined)
      .then(() => this.running.delete(ended));
    this.running.add(ended);
    return { scores };
  }
}

/** Gathers a recording's chunks to segments, each after as much of what was before it as its scores depend on. */
class SegmentStream implements ClassifierStream {
  /** Of the segment that is being gathered. */
  private chunks: AudioChunk[] = [];
  /** Index of the first chunk that is not in an earlier segment. */
  private firstOwn = 0;
  private ownSamples = 0;
  /** First sample of the recording; undefined before there is a segment. */
  private first: number | undefined;
  private readonly begun: Promise<Scores[]>[] = [];

  constructor(
    private readonly manifest: ModelManifest,
    private readonly local: LoadedClassifier,
    private readonly begin: (segment: Segment) => Promise<{ scores: Promise<Scores[]> }>,
    /** Segments whose scores may have to be waited for. */
    private readonly mostRunning: number,
  ) {}

  async push(chunk: AudioChunk): Promise<Scores[]> {
    if (this.ownSamples >= SEGMENT_S * SAMPLE_RATE) {
      await this.beginSegment(false);
      this.keepMemory(chunk.firstSample);
    }
    this.chunks.push(chunk);
    this.ownSamples += chunk.samples.length;
    return this.begun.length > this.mostRunning ? this.begun.shift()! : [];
  }

  async flush(): Promise<Scores[]> {
    if (this.first === undefined) return this.scoreLocally();
    await this.beginSegment(true);
    const scores = (await Promise.all(this.begun)).flat();
    this.reset();
    return scores;
  }

  close(): Promise<void> {
    this.reset();
    return Promise.resolve();
  }

  private reset(): void {
    this.chunks = [];
    this.firstOwn = this.ownSamples = 0;
    this.first = undefined;
    this.begun.length = 0;
  }

  private async scoreLocally(): Promise<Scores[]> {
    const { chunks } = this;
    this.reset();
    return scoreSegment(this.local, { chunks, firstOwn: 0, isLast: true });
  }

  private async beginSegment(isLast: boolean): Promise<void> {
    const { chunks, firstOwn } = this;
    this.first ??= chunks[0].firstSample;
    const { scores } = await this.begin({ chunks, firstOwn, isLast });
    this.begun.push(scores);
  }

  /** Begins a segment with what the steps that end after sample `from` depend on, from a step's beginning on. */
  private keepMemory(from: number): void {
    const { frontEnd, hopFrames, windowFrames } = this.manifest;
    const frames = Math.max(MEMORY_FRAMES + hopFrames, windowFrames);
    const stepSamples = hopFrames * frontEnd.hop;
    const steps = Math.floor((from - this.first! - frames * frontEnd.hop - frontEnd.fftSize) / stepSamples);
    const start = this.first! + steps * stepSamples;
    this.chunks = this.chunks
      .filter(({ firstSample, samples }) => firstSample + samples.length > start)
      .map(chunk => after(chunk, start));
    this.firstOwn = this.chunks.length;
    this.ownSamples = 0;
  }
}

/** What of a chunk is from sample `start` on. */
function after(chunk: AudioChunk, start: number): AudioChunk {
  const { firstSample, samples } = chunk;
  return firstSample >= start
    ? chunk
    : { ...chunk, firstSample: start, samples: samples.slice(start - firstSample) };
}

/** One thread, and what it has to do. */
class ScoringThread {
  private readonly worker: Worker;
  private readonly waiting: {
    samples: Float32Array;
    resolve: (scores: Scores[]) => void;
    reject: (error: Error) => void;
  }[] = [];
  /** It answers nothing any more. */
  hasEnded = false;
  /** Memory that no segment uses. It is shared and used again: copies would be left to two garbage collectors. */
  private readonly free: Float32Array[] = [];

  constructor(model: LoadedModel) {
    this.worker = new Worker(path.join(__dirname, 'scoring-thread.js'), {
      workerData: model,
      // A step leaves little behind: a thread needs no room for more.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.worker.on('message', (scores: Scores[]) => {
      const { samples, resolve } = this.waiting.shift()!;
      this.free.push(samples);
      resolve(scores);
    });
    this.worker.on('error', error => {
      this.fail(messageOf(error));
    });
    this.worker.on('exit', () => {
      this.hasEnded = true;
      this.fail('it ended');
    });
  }

  /** Number of segments that it has. */
  get load(): number {
    return this.waiting.length;
  }

  score({ chunks, firstOwn, isLast }: Segment): Promise<Scores[]> {
    const samples = this.share(chunks);
    let at = 0;
    const shared = chunks.map(chunk => {
      const { length } = chunk.samples;
      return { ...chunk, samples: samples.subarray(at, (at += length)) };
    });
    return new Promise((resolve, reject) => {
      this.waiting.push({ samples, resolve, reject });
      this.worker.postMessage({ chunks: shared, firstOwn, isLast } satisfies Segment);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  /** The chunks' samples, one after another, in memory that the thread sees, too. */
  private share(chunks: readonly AudioChunk[]): Float32Array {
    const length = chunks.reduce((sum, chunk) => sum + chunk.samples.length, 0);
    let samples = this.free.pop();
    if (samples === undefined || samples.length < length)
      samples = new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
    let at = 0;
    for (const chunk of chunks) {
      samples.set(chunk.samples, at);
      at += chunk.samples.length;
    }
    return samples;
  }

  private fail(why: string): void {
    const error = new DeepInfantError('model-failed', `A thread that scores the recording failed: ${why}.`);
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}
