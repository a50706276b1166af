/**
 * Streams heard as fast as they sound, each chunk when its last sample would have been recorded. Arguments: number of
 * streams, seconds. Run by bench.ts in a process of its own, or by itself.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { STEP_SAMPLES } from '../../src/audio/live/chunk-length.js';
import { openDetector } from '../../src/detect/detector.js';
import { loadClassifier } from '../../src/model/load.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { SAMPLE_RATE } from '../../src/values.js';

export interface RealTimeBench {
  streams: number;
  /** CPU of the process, as a share of a core. */
  cpu: number;
  /** From when a chunk was due to when it was judged: 50 and 99 of 100, and of the last second the most. */
  lagMs: { median: number; p99: number; atEnd: number };
  /** Delay of the event loop beyond its timer: 99 of 100. */
  delayMs: number;
}

const CHUNK_MS = (1000 * STEP_SAMPLES) / SAMPLE_RATE;
const TIMER_MS = 2;

async function main(): Promise<void> {
  const [streams, lengthS] = process.argv.slice(2).map(Number);
  const { samples } = nurseryScene(1);
  const classifier = await loadClassifier();
  const sources = Array.from({ length: streams }, (_, i) => ({
    detector: openDetector(classifier, `stream ${i}`, 'balanced'),
    /** Chunks sent, and when the next is due: sources are not in step. */
    chunks: 0,
    dueMs: (CHUNK_MS * i) / streams,
  }));
  const lags: number[] = [];
  let start = performance.now();
  let answered: Promise<unknown> = Promise.resolve();
  const sendDue = (): void => {
    const now = performance.now() - start;
    for (const source of sources) {
      if (source.dueMs > now) continue;
      const { dueMs, detector } = source;
      const firstSample = source.chunks++ * STEP_SAMPLES;
      source.dueMs += CHUNK_MS;
      const offset = firstSample % (samples.length - STEP_SAMPLES);
      const piece = samples.subarray(offset, offset + STEP_SAMPLES);
      answered = detector
        .push({ samples: piece, firstSample, at: firstSample, source: '', lost: 0 })
        .then(() => lags.push(performance.now() - start - dueMs));
    }
  };
  const run = async (seconds: number): Promise<void> => {
    const timer = setInterval(sendDue, TIMER_MS);
    await new Promise(resolve => setTimeout(resolve, seconds * 1000));
    clearInterval(timer);
    await answered;
  };
  await run(3);
  start += performance.now() - start - sources[0].dueMs;
  lags.length = 0;
  const delay = monitorEventLoopDelay({ resolution: TIMER_MS });
  delay.enable();
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await run(lengthS);
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = performance.now() - begin;
  delay.disable();
  const sorted = [...lags].sort((a, b) => a - b);
  const perSecond = Math.round((streams * 1000) / CHUNK_MS);
  const result: RealTimeBench = {
    streams,
    cpu: (user + system) / 1000 / wallMs,
    lagMs: {
      median: sorted[Math.floor(sorted.length * 0.5)],
      p99: sorted[Math.floor(sorted.length * 0.99)],
      atEnd: Math.max(...lags.slice(-perSecond)),
    },
    delayMs: Math.max(0, delay.percentile(99) / 1e6 - TIMER_MS),
  };
  if (process.send) process.send(result);
  else console.log(result);
}

void main();
