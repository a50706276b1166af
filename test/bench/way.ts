/**
 * CPU time of the whole way from chunks to events, all threads of the process, as fast as it goes. Arguments: number of
 * streams, seconds of audio of each. Run by bench.ts in a process of its own.
 */
import { STEP_SAMPLES } from '../../src/audio/live/chunk-length.js';
import { openDetector } from '../../src/detect/detector.js';
import { loadClassifier } from '../../src/model/load.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { SAMPLE_RATE } from '../../src/values.js';

export interface WayBench {
  /** CPU milliseconds per second of audio of one stream: of the part that was disturbed least, and of the whole. */
  leastMs: number;
  meanMs: number;
  /** From the start of the process to its first score, without the scene to be heard. */
  firstScoreMs: number;
  /** Most memory that the process had. */
  peakMb: number;
}

/** Until what runs is compiled as well as it will be. */
const WARM_UP_S = 30;
const PARTS = 8;

export async function benchWay(streams: number, lengthS: number): Promise<WayBench> {
  const sceneStart = performance.now();
  const { samples } = nurseryScene(1);
  const sceneMs = performance.now() - sceneStart;
  const classifier = await loadClassifier();
  const detectors = Array.from({ length: streams }, (_, i) =>
    openDetector(classifier, `stream ${i}`, 'balanced'),
  );
  let firstScoreMs: number | undefined;
  let at = 0;
  const playUntil = async (endS: number): Promise<void> => {
    for (; at < endS * SAMPLE_RATE; at += STEP_SAMPLES) {
      const offset = at % (samples.length - STEP_SAMPLES);
      const piece = samples.subarray(offset, offset + STEP_SAMPLES);
      const chunk = { samples: piece, firstSample: at, at, source: '', lost: 0 };
      const [{ scores }] = await Promise.all(detectors.map(detector => detector.push(chunk)));
      if (scores.length > 0) firstScoreMs ??= performance.now() - sceneMs;
    }
  };
  const warmUpS = Math.ceil(2 + WARM_UP_S / streams);
  await playUntil(warmUpS);
  const parts: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const cpu = process.cpuUsage();
    const from = at;
    await playUntil(warmUpS + ((part + 1) * lengthS) / PARTS);
    const { user, system } = process.cpuUsage(cpu);
    parts.push(((user + system) * SAMPLE_RATE) / 1000 / (at - from) / streams);
  }
  await Promise.all(detectors.map(detector => detector.flush(() => undefined)));
  await classifier.close();
  return {
    leastMs: Math.min(...parts),
    meanMs: parts.reduce((sum, ms) => sum + ms) / PARTS,
    firstScoreMs: firstScoreMs!,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
}

async function main(): Promise<void> {
  process.send!(await benchWay(Number(process.argv[2]), Number(process.argv[3])));
}

if (require.main === module) void main();
