import assert from 'node:assert/strict';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { fanNoise } from '../../../src/synth/nursery.js';
import { SEED_FRONT_END } from '../../../src/features/front-end.js';
import { Mel7s, mel7sPicture, PICTURE_FRAMES } from '../../../src/model/mel7s.js';
import { packWeights, unpackWeights } from '../../../src/model/weights.js';
import { loadTrainingTf } from '../../../src/lab/training/backend.js';
import { trainMel7s } from '../../../src/lab/reasons/mel7s.js';

const TRAINING = { steps: 10, batch: 2, learningRate: 0.003, weightDecay: 0.01, dropout: 0.1 };

describe('mel7s', function () {
  this.timeout(120_000);

  it('learns, repeatably, and runs on weights of 16 bit', async () => {
    const tf = await loadTrainingTf();
    const pictures = [synthesiseCry({ seed: 1, durationS: 7.5 }), fanNoise({ seed: 1, durationS: 5 })].map(
      mel7sPicture,
    );
    const examples = pictures.map((picture, i) => ({ picture, reason: [0, 3][i] }));
    const tensorsBefore = tf.memory().numTensors;
    const losses: number[] = [];
    await trainMel7s(tf, examples, TRAINING, 1, loss => losses.push(loss));
    assert.equal(losses.length, TRAINING.steps);
    assert.ok(losses[TRAINING.steps - 1] < losses[0] / 3, losses.join());

    const short = { ...TRAINING, steps: 1 };
    const [weights, again, other] = await Promise.all(
      [1, 1, 2].map(seed => trainMel7s(tf, examples, short, seed, () => undefined)),
    );
    assert.deepEqual(weights, again);
    assert.notDeepEqual(weights[0].values, other[0].values);

    const exact = new Mel7s(weights);
    const rounded = new Mel7s(unpackWeights(packWeights(weights), weights));
    const [expected, actual] = [exact, rounded].map(mel7s =>
      pictures.map(picture => mel7s.probabilities(picture)),
    );
    assert.equal(tf.memory().numTensors, tensorsBefore);
    expected.forEach((ofPicture, i) => {
      assert.ok(Math.abs(ofPicture.reduce((a, b) => a + b) - 1) < 1e-5);
      ofPicture.forEach((probability, reason) => {
        assert.ok(Math.abs(actual[i][reason] - probability) < 0.01);
      });
    });
    assert.notDeepEqual(expected[0], expected[1]);
  });

  it('hears 7 s: shorter recordings end in silence, longer ones are heard no further', () => {
    const sound = synthesiseCry({ seed: 3, durationS: 9 });
    const { mels } = SEED_FRONT_END;
    const long = mel7sPicture(sound);
    const full = mel7sPicture(sound.subarray(0, 7 * 16000));
    const short = mel7sPicture(sound.subarray(0, 3 * 16000));
    assert.equal(full.length, PICTURE_FRAMES * mels);
    assert.deepEqual(long.subarray(0, full.length), full);
    assert.equal(short.length, full.length);
    assert.ok(short.subarray(-mels).every(db => db === -100));
  });

  it('stops when it is told to', async () => {
    const tf = await loadTrainingTf();
    const tensorsBefore = tf.memory().numTensors;
    const examples = [{ picture: mel7sPicture(new Float32Array(0)), reason: 0 }];
    await assert.rejects(
      trainMel7s(tf, examples, TRAINING, 1, () => {
        throw new Error('stopped');
      }),
      /stopped/,
    );
    assert.equal(tf.memory().numTensors, tensorsBefore);
  });
});
