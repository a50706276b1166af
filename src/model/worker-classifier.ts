import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DeepInfantError } from '../errors.js';
import { SAMPLE_RATE, type AudioChunk, type Scores } from '../values.js';
import type { Classifier, ClassifierStream } from './classifier.js';
import type { LoadedModel } from './load.js';
import type { ModelManifest } from './manifest.js';
import type { WorkerReply, WorkerRequest } from './worker.js';

/** Longest piece of a chunk that goes to the worker at once: bounds its memory. */
const PIECE_SAMPLES = 4 * SAMPLE_RATE;

/** A model in a worker thread, so that Node-RED's event loop stays free. */
export class WorkerClassifier implements Classifier {
  readonly manifest: ModelManifest;
  private readonly worker: Worker;
  private readonly waiting = new Map<
    number,
    { resolve: (scores: Scores[]) => void; reject: (error: Error) => void }
  >();
  private readonly onEnd: () => void;
  private calls = 0;
  private streams = 0;
  private failure: Error | undefined;

  /** @param onEnd called when the worker has ended, also by itself: the next user needs a new one */
  constructor(model: LoadedModel, onEnd: () => void) {
    const { manifest } = model;
    this.manifest = manifest;
    this.onEnd = onEnd;
    this.worker = new Worker(path.join(__dirname, 'worker.js'), { workerData: model });
    this.worker.on('message', (reply: WorkerReply) => {
      const call = this.waiting.get(reply.call);
      this.waiting.delete(reply.call);
      if ('scores' in reply) call?.resolve(reply.scores);
      else call?.reject(new DeepInfantError('model-failed', `${manifest.name}: ${reply.error}`));
      if (this.waiting.size === 0) this.worker.unref();
    });
    this.worker.on('error', error => {
      this.fail(error.message);
    });
    this.worker.on('exit', code => {
      this.fail(`its worker ended with ${code}`);
    });
    this.worker.unref();
  }

  /** Ends the worker; calls that still wait fail. */
  async close(): Promise<void> {
    // A reply that still arrives would unref the worker, and the process might end while this waits.
    this.worker.removeAllListeners('message');
    await this.worker.terminate();
  }

  open(): ClassifierStream {
    const stream = ++this.streams;
    return {
      push: async chunk => {
        const scores: Scores[] = [];
        for (const piece of piecesOf(chunk)) {
          scores.push(...(await this.call({ do: 'push', stream, chunk: piece })));
        }
        return scores;
      },
      flush: () => this.call({ do: 'flush', stream }),
      close: async () => {
        if (!this.failure) await this.call({ do: 'close', stream });
      },
    };
  }

  private call(request: WorkerRequest): Promise<Scores[]> {
    if (this.failure) return Promise.reject(this.failure);
    const call = ++this.calls;
    return new Promise((resolve, reject) => {
      this.waiting.set(call, { resolve, reject });
      // A process ends when nothing is asked of the worker any more, also without close().
      this.worker.ref();
      // The samples are the call's own copy: hand them over.
      const owned = request.do === 'push' ? [request.chunk.samples.buffer as ArrayBuffer] : [];
      this.worker.postMessage({ call, ...request }, owned);
    });
  }

  private fail(why: string): void {
    this.failure ??= new DeepInfantError('model-failed', `${this.manifest.name}: ${why}`);
    this.onEnd();
    for (const { reject } of this.waiting.values()) reject(this.failure);
    this.waiting.clear();
  }
}

function* piecesOf(chunk: AudioChunk): Generator<AudioChunk> {
  for (let at = 0; at === 0 || at < chunk.samples.length; at += PIECE_SAMPLES) {
    yield {
      ...chunk,
      // A copy of just this part: posting a view would send the whole buffer under it.
      samples: chunk.samples.slice(at, at + PIECE_SAMPLES),
      firstSample: chunk.firstSample + at,
      at: chunk.at + (at / SAMPLE_RATE) * 1000,
      lost: at === 0 ? chunk.lost : 0,
    };
  }
}
