import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { FRAMES_PER_STEP } from '../../model/cry-net.js';
import { Random } from '../../maths/random.js';
import { LABELS } from '../../values.js';
import { Augmenter, type Clip } from './augment.js';
import { TEACHER_CLASSES } from '../teacher/teacher.js';

/** A batch of examples, row by row (see Example). */
export interface Batch {
  mel: Float32Array;
  labels: Float32Array;
  teacher: Float32Array;
  heard: Float32Array;
  heardAlone: Float32Array;
  silent: Float32Array;
}

interface BatchSettings {
  clips: Clip[];
  batch: number;
  frames: number;
  seed: number;
}

/** Number of batches that are prepared while the network trains. */
const AHEAD = 3;

/**
 * Makes batches in a worker thread. Batch n depends only on the seed and n, so a resumed run sees the batches that it would
 * have seen.
 */
export class Batches {
  private readonly requested = new Map<number, Promise<Batch>>();
  private readonly waiting = new Map<
    number,
    { resolve: (batch: Batch) => void; reject: (error: Error) => void }
  >();

  /** Starts the worker. */
  static open(settings: BatchSettings): Batches {
    const batches = new Batches(new Worker(__filename, { workerData: settings }));
    batches.worker.on('error', error => {
      for (const { reject } of batches.waiting.values()) reject(error);
    });
    batches.worker.on('message', ({ number, batch }: { number: number; batch: Batch }) => {
      batches.waiting.get(number)?.resolve(batch);
      batches.waiting.delete(number);
    });
    return batches;
  }

  private constructor(private readonly worker: Worker) {}

  /** Batch `number`; requests the next ones, too. */
  async take(number: number): Promise<Batch> {
    for (let ahead = number; ahead <= number + AHEAD; ahead++) {
      if (this.requested.has(ahead)) continue;
      const batch = new Promise<Batch>((resolve, reject) => this.waiting.set(ahead, { resolve, reject }));
      // A failure goes to whoever takes the batch; the ones ahead may never be taken.
      batch.catch(() => undefined);
      this.requested.set(ahead, batch);
      this.worker.postMessage(ahead);
    }
    const batch = this.requested.get(number)!;
    this.requested.delete(number);
    return batch;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}

function makeBatches({ clips, batch, frames, seed }: BatchSettings): void {
  const augmenter = new Augmenter(clips, frames, FRAMES_PER_STEP);
  const steps = frames / FRAMES_PER_STEP;
  parentPort!.on('message', (number: number) => {
    const random = new Random(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
    const examples = Array.from({ length: batch }, () => augmenter.example(random));
    const result: Batch = {
      mel: new Float32Array(batch * examples[0].mel.length),
      labels: new Float32Array(batch * LABELS.length),
      teacher: new Float32Array(batch * steps * TEACHER_CLASSES),
      heard: new Float32Array(batch * steps),
      heardAlone: new Float32Array(batch * steps),
      silent: new Float32Array(batch * steps),
    };
    for (const field of ['mel', 'labels', 'teacher', 'heard', 'heardAlone', 'silent'] as const) {
      examples.forEach((example, i) => {
        result[field].set(example[field], i * example[field].length);
      });
    }
    parentPort!.postMessage(
      { number, batch: result },
      Object.values(result as Record<keyof Batch, Float32Array>).map(array => array.buffer as ArrayBuffer),
    );
  });
}

if (!isMainThread && parentPort) makeBatches(workerData as BatchSettings);
