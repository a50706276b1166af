import { nurseryScene } from '../synth/scene.js';
import { type AudioChunk, SAMPLE_RATE } from '../values.js';

/** Any seed makes a minute with one cry; a fixed one makes every start of the demo the same. */
const DEMO_SEED = 1;

let scene: Float32Array | undefined;

/** Its samples; made once, since that takes a good part of a second in which nothing else goes on. */
export function demoScene(): Float32Array {
  return (scene ??= nurseryScene(DEMO_SEED).samples);
}

/** The built-in nursery scene as chunks of a second, as a recording is read. */
export function* demoChunks(source: string, startAt: number): Generator<AudioChunk> {
  const samples = demoScene();
  for (let firstSample = 0; firstSample < samples.length; firstSample += SAMPLE_RATE) {
    yield {
      samples: samples.slice(firstSample, firstSample + SAMPLE_RATE),
      firstSample,
      at: startAt + (1000 * firstSample) / SAMPLE_RATE,
      source,
      lost: 0,
    };
  }
}
