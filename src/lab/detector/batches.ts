import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { Random } from '../../maths/random.js';
import { Augmenter } from '../mixtures/augment.js';
import type { Clip } from '../mixtures/clip.js';
import type { Example, Examples } from '../mixtures/example.js';
import { StoredMixtures, type MixturesToLearn } from '../mixtures/stored-mixtures.js';

/** A batch of examples, row by row. */
export type Batch = Example;

const FIELDS = [
  'mel',
  'labels',
  'teacher',
  'heard',
  'heardAlone',
  'crying',
  'silent',
] as const satisfies (keyof Example)[];

/** What examples are made of, in a form that a thread can be given. */
export type Material = { clips: Clip[] } | { mixtures: MixturesToLearn };

/** @throws DeepInfantError what StoredMixtures.open throws */
export function openExamples(material: Material, frames: number): Examples {
  return 'clips' in material
    ? new Augmenter(material.clips, frames)
    : StoredMixtures.open(material.mixtures, frames);
}

interface BatchSettings {
  material: Material;
  batch: number;
  frames: number;
  seed: number;
}

/** Number of batches that are prepared while the network trains. */
const AHEAD = 3;

/**
 * Makes batches in a worker thread. Batch n depends only on the seed, n and the material, so a resumed run sees the batches
 * that it would have seen, unless mixtures came in the meantime.
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

function makeBatches({ material, batch, frames, seed }: BatchSettings): void {
  const source = openExamples(material, frames);
  parentPort!.on('message', (number: number) => {
    const random = Random.of(seed, number);
    const examples = Array.from({ length: batch }, () => source.example(random));
    const joined = FIELDS.map(field => {
      const values = new Float32Array(batch * examples[0][field].length);
      examples.forEach((example, i) => {
        values.set(example[field], i * example[field].length);
      });
      return [field, values] as const;
    });
    parentPort!.postMessage(
      { number, batch: Object.fromEntries(joined) },
      joined.map(([, { buffer }]) => buffer),
    );
  });
}

if (!isMainThread && parentPort) makeBatches(workerData as BatchSettings);
