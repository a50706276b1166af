import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Classifier } from '../../src/model/classifier.js';
import { modelPath, readModel } from '../../src/model/load.js';
import { LoadedClassifier } from '../../src/model/loaded-classifier.js';
import { ThreadedClassifier } from '../../src/model/threaded-classifier.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { SAMPLE_RATE, type AudioChunk, type Scores } from '../../src/values.js';

/** Three segments, the last one short, of which the second begins at no step. */
const LENGTH_S = 250.3;

function* recording(lengthS: number): Generator<AudioChunk> {
  const { samples } = nurseryScene(3);
  const end = lengthS * SAMPLE_RATE;
  for (let firstSample = 0; firstSample < end; firstSample += SAMPLE_RATE) {
    const from = firstSample % (samples.length - SAMPLE_RATE);
    const length = Math.min(SAMPLE_RATE, end - firstSample);
    const at = 1.7e12 + (firstSample / SAMPLE_RATE) * 1000;
    yield { samples: samples.slice(from, from + length), firstSample, at, source: 'cot', lost: 0 };
  }
}

async function scoresOf(classifier: Classifier, lengthS: number): Promise<Scores[]> {
  const stream = classifier.open();
  const scores: Scores[] = [];
  for (const chunk of recording(lengthS)) scores.push(...(await stream.push(chunk)));
  scores.push(...(await stream.flush()));
  await stream.close();
  return scores;
}

describe('ThreadedClassifier', function () {
  this.timeout(60_000);

  for (const name of ['crynet', 'crynet-fixed'])
    it(`scores as one thread does, bit for bit, with ${name}`, async () => {
      const model = await readModel(modelPath(name));
      const classifier = new ThreadedClassifier(model, 2);
      const alone = new LoadedClassifier(model);
      // Two at a time, a long one and a short one.
      const lengths = [LENGTH_S, 5];
      const all = await Promise.all(lengths.map(lengthS => scoresOf(classifier, lengthS)));
      for (const [i, lengthS] of lengths.entries()) assert.deepEqual(all[i], await scoresOf(alone, lengthS));
      await classifier.close();
    });

  it('scores the next recording when a thread has died', async () => {
    const classifier = new ThreadedClassifier(await readModel(modelPath('crynet')), 2);
    const before = await scoresOf(classifier, LENGTH_S);
    const { threads } = classifier as unknown as { threads: { worker: Worker }[] };
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
    assert.deepEqual(await scoresOf(classifier, LENGTH_S), before);
    await classifier.close();
  });

  it('fails when its threads end too early', async () => {
    const ended = new ThreadedClassifier(await readModel(modelPath('crynet')), 2);
    const failed = assert.rejects(scoresOf(ended, LENGTH_S), { code: 'model-failed' });
    await setImmediate();
    await ended.close();
    await failed;
  });
});
