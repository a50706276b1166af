import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../errors.js';
import type { AudioChunk, Scores } from '../values.js';
import { GuessingScorer } from './guessing-scorer.js';
import { Mel7s } from './mel7s.js';
import type { Scorer } from './scorer.js';
import { StreamScorer } from './stream-scorer.js';
import { StreamingNet } from './streaming-net.js';
import { loadTf } from './tf.js';
import type { LoadedModel } from './load.js';
import { unpackWeights } from './weights.js';

export type WorkerRequest =
  { do: 'push'; stream: number; chunk: AudioChunk } | { do: 'flush' | 'close'; stream: number };
export type WorkerReply = { call: number; scores: Scores[] } | { call: number; error: string };

const port = parentPort!;
const streams = new Map<number, unknown>();
const scorer = load();
/** Chunks that arrived since the last run, at most one of each stream: they run as one batch. */
let batch: { call: number; stream: unknown; chunk: AudioChunk }[] = [];

async function load(): Promise<Scorer<unknown>> {
  const { manifest, weights, guesser } = workerData as LoadedModel;
  const { tf } = await loadTf('wasm');
  const net = new StreamingNet(tf, unpackWeights(weights, manifest.weights.tensors));
  const scorer = new StreamScorer(net, manifest);
  if (!guesser) return scorer;
  return new GuessingScorer(scorer, new Mel7s(tf, unpackWeights(guesser.weights, guesser.tensors)));
}

function reply(to: WorkerReply): void {
  port.postMessage(to);
}

function runBatch(scorer: Scorer<unknown>): void {
  const running = batch;
  batch = [];
  let results: Scores[][];
  try {
    results = scorer.push(running);
  } catch (error) {
    for (const { call } of running) reply({ call, error: messageOf(error) });
    return;
  }
  running.forEach(({ call }, i) => {
    reply({ call, scores: results[i] });
  });
}

async function handle({ call, ...request }: WorkerRequest & { call: number }): Promise<void> {
  const ready = await scorer;
  let stream = streams.get(request.stream);
  if (stream === undefined) streams.set(request.stream, (stream = ready.open()));
  // A stream's calls are answered in their order.
  if (batch.some(waiting => waiting.stream === stream)) runBatch(ready);
  switch (request.do) {
    case 'push':
      if (batch.length === 0)
        setImmediate(() => {
          runBatch(ready);
        });
      batch.push({ call, stream, chunk: request.chunk });
      break;
    case 'flush':
      reply({ call, scores: ready.flush(stream) });
      break;
    case 'close':
      ready.reset(stream);
      streams.delete(request.stream);
      reply({ call, scores: [] });
      break;
  }
}

port.on('message', (request: WorkerRequest & { call: number }) => {
  handle(request).catch((error: unknown) => {
    reply({ call: request.call, error: messageOf(error) });
  });
});
