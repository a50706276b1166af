import { openDetector } from '../../src/detect/detector.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { loadClassifier } from '../../src/model/load.js';
import { SAMPLE_RATE } from '../../src/values.js';

/** Live sources hand over a tenth of a second at a time. */
const CHUNK_SAMPLES = SAMPLE_RATE / 10;

/**
 * CPU time of the whole way from chunks to events, all threads of the process, as fast as it goes.
 * @returns CPU milliseconds per second of audio of one stream, and the seconds of audio of all streams per second of wall time
 */
export async function benchWay(streams: number, lengthS: number): Promise<{ cpuMs: number; speed: number }> {
  const { samples } = nurseryScene(1);
  const classifier = await loadClassifier();
  const detectors = Array.from({ length: streams }, (_, i) =>
    openDetector(classifier, `stream ${i}`, 'balanced'),
  );
  const play = async (from: number, to: number): Promise<void> => {
    for (let at = from; at < to; at += CHUNK_SAMPLES) {
      const offset = at % (samples.length - CHUNK_SAMPLES);
      const chunk = {
        samples: samples.subarray(offset, offset + CHUNK_SAMPLES),
        firstSample: at,
        at,
        source: '',
        lost: 0,
      };
      await Promise.all(detectors.map(detector => detector.push(chunk)));
    }
  };
  const warmUp = 2 * SAMPLE_RATE;
  await play(0, warmUp);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await play(warmUp, warmUp + lengthS * SAMPLE_RATE);
  const { user, system } = process.cpuUsage(cpu);
  const wallS = (performance.now() - start) / 1000;
  await Promise.all(detectors.map(detector => detector.flush(() => undefined)));
  await classifier.close();
  return { cpuMs: (user + system) / 1000 / lengthS / streams, speed: (lengthS * streams) / wallS };
}
