import assert from 'node:assert/strict';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { SEED_FRONT_END } from '../../src/features/front-end.js';
import { LogMel } from '../../src/features/log-mel.js';
import { convolveTensor, tensorOperations } from '../../src/lab/training/operations.js';
import { loadTf, type Tf } from '../../src/lab/training/tf.js';
import { CONVOLUTIONS, cryNet, FRAMES_PER_STEP } from '../../src/model/cry-net.js';
import { loadCryNetwork } from '../../src/model/cry-network.js';
import type { Convolution, Operations } from '../../src/model/graph.js';
import { modelPath, readModel } from '../../src/model/load.js';
import type { ModelManifest } from '../../src/model/manifest.js';
import {
  mel7s,
  Mel7s,
  MEL7S_CONVOLUTIONS,
  MEL7S_SCALING,
  mel7sPicture,
  PICTURE_FRAMES,
  type Mel7sConvolution,
} from '../../src/model/mel7s.js';
import { unpackWeights, type NamedWeights } from '../../src/model/weights.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { Random } from '../../src/maths/random.js';
import { LABELS } from '../../src/values.js';
import { MEL7S_SHAPES, randomWeights } from './random-weights.js';
import { smallWeights } from './small-model.js';

const { mels } = SEED_FRONT_END;
const SCALING = { floorDb: -70, meanDb: -40, stdDb: 20 };
const FRAMES = 40 * FRAMES_PER_STEP;

/** What TensorFlow.js, on frames heard all at once, says that the compiled kernels must say, too. */
describe('Network', () => {
  let tf: Tf;
  before(async () => {
    ({ tf } = await loadTf('wasm'));
  });

  /** A network's operations with the weights that the product runs. */
  function operationsOf<Name extends string>(
    weights: readonly NamedWeights[],
    convolutions: Record<Name, Convolution>,
  ): Operations<Tensor4D, Name> {
    const tensors = new Map(weights.map(({ name, values, shape }) => [name, tf.tensor(values, shape)]));
    return tensorOperations<Name>(tf, (name, x, activation) => {
      const kernel = tensors.get(`${name}/kernel`) as Tensor4D;
      const y = tf.add<Tensor4D>(
        convolveTensor(tf, x, kernel, convolutions[name]),
        tensors.get(`${name}/bias`)!,
      );
      return activation === 'relu' ? tf.relu(y) : y;
    });
  }

  function scaled(decibels: Float32Array, { floorDb, meanDb, stdDb }: ModelManifest['scaling']): Tensor4D {
    const values = decibels.map(db => (Math.max(floorDb, db) - meanDb) / stdDb);
    return tf.tensor4d(values, [1, decibels.length / mels, mels, 1]);
  }

  function expectedCryNet(
    weights: readonly NamedWeights[],
    decibels: Float32Array,
  ): Record<string, number[]> {
    const { embedding, logits } = cryNet(scaled(decibels, SCALING), operationsOf(weights, CONVOLUTIONS));
    return { embedding: [...embedding.dataSync()], logits: [...logits.dataSync()] };
  }

  /** The outputs of all steps. */
  function actualCryNet(weights: readonly NamedWeights[], decibels: Float32Array): Record<string, number[]> {
    const network = loadCryNetwork(weights);
    const stream = network.openStream();
    const result: Record<'embedding' | 'logits', number[]> = { embedding: [], logits: [] };
    const sizes = {
      embedding: weights.find(({ name }) => name === 'embedding/bias')!.values.length,
      logits: LABELS.length,
    };
    for (let frame = 0; frame < decibels.length / mels; frame += FRAMES_PER_STEP) {
      network.setInput(decibels, frame, SCALING);
      network.run(stream);
      for (const output of ['embedding', 'logits'] as const) {
        const at = network.outputAt[output];
        result[output].push(...network.floats.subarray(at, at + sizes[output]));
      }
    }
    return result;
  }

  function assertNear(actual: readonly number[], expected: readonly number[], tolerance = 1e-4): void {
    assert.equal(actual.length, expected.length);
    const farthest = Math.max(...actual.map((value, i) => Math.abs(value - expected[i])));
    assert.ok(farthest <= tolerance, `differs by ${farthest}`);
    assert.ok(Math.max(...expected) - Math.min(...expected) > 0.1, 'else this shows nothing');
  }

  const randomFrames = (): Float32Array => {
    const random = new Random(7);
    return Float32Array.from({ length: FRAMES * mels }, () => -60 + 25 * random.normal());
  };
  const realFrames = (): Float32Array =>
    new LogMel().push(nurseryScene(1).samples).subarray(0, FRAMES * mels);

  for (const [kind, frames] of [
    ['random', randomFrames],
    ['real', realFrames],
  ] as const) {
    it(`runs crynet as TensorFlow.js does, on ${kind} frames, to 1e-4 of a logit`, async () => {
      const { manifest, weights } = await readModel(modelPath('crynet'));
      const named = unpackWeights(weights, manifest.weights.tensors);
      const expected = expectedCryNet(named, frames());
      const actual = actualCryNet(named, frames());
      assertNear(actual.logits, expected.logits);
      assertNear(actual.embedding, expected.embedding);
    });
  }

  it('runs a network of any widths', () => {
    const expected = expectedCryNet(smallWeights(), randomFrames());
    const actual = actualCryNet(smallWeights(), randomFrames());
    assertNear(actual.logits, expected.logits);
    assertNear(actual.embedding, expected.embedding);
  });

  it('keeps streams apart, and begins a cleared one anew', () => {
    const network = loadCryNetwork(smallWeights());
    const logits = (stream: number, from: number): number[] => {
      network.setInput(randomFrames(), from, SCALING);
      network.run(stream);
      const at = network.outputAt.logits;
      return [...network.floats.subarray(at, at + LABELS.length)];
    };
    const [a, b] = [network.openStream(), network.openStream()];
    const first = logits(a, 0);
    const second = logits(a, 8);
    assert.deepEqual(logits(b, 0), first);
    logits(a, 100);
    assert.deepEqual(logits(b, 8), second);
    assert.notDeepEqual(logits(a, 0), first);
    network.clearStream(a);
    assert.deepEqual(logits(a, 0), first);
  });

  it('refuses weights that do not fit each other', () => {
    const weights = smallWeights();
    const narrow = (name: string, shape: number[]): NamedWeights[] =>
      weights.map(w =>
        w.name === name
          ? {
              ...w,
              shape,
              values: w.values.slice(
                0,
                shape.reduce((a, b) => a * b),
              ),
            }
          : w,
      );
    assert.throws(() => loadCryNetwork(narrow('conv2/kernel', [3, 3, 3, 6])), {
      code: 'model-invalid',
      message: /conv2\/kernel is 3 x 3 x 3 x 6, .* 3 x 3 x 4 x 6/,
    });
    assert.throws(() => loadCryNetwork(narrow('embedding/bias', [11])), { code: 'model-invalid' });
    const residual = narrow('residual2/kernel', [3, 3, 7, 8]).map(w =>
      w.name === 'residual2/bias' ? { ...w, shape: [8], values: w.values.slice(0, 8) } : w,
    );
    assert.throws(() => loadCryNetwork(residual), { code: 'model-invalid', message: /9 channels.*8/ });
  });

  for (const kind of ['shipped', 'random'] as const) {
    it(`runs mel7s with ${kind} weights as TensorFlow.js does`, async () => {
      const { guesser } = await readModel(modelPath('mel7s'));
      const weights =
        kind === 'shipped' ? unpackWeights(guesser!.weights, guesser!.tensors) : randomWeights(MEL7S_SHAPES);
      const picture = mel7sPicture(nurseryScene(2).samples.subarray(0, 7 * 16000));
      const logits = mel7s<Tensor4D>(
        scaled(picture.subarray(0, PICTURE_FRAMES * mels), MEL7S_SCALING),
        operationsOf<Mel7sConvolution>(weights, MEL7S_CONVOLUTIONS),
      );
      const expected = [...tf.softmax(tf.squeeze(logits)).dataSync()];
      assertNear(new Mel7s(weights).probabilities(picture), expected, 1e-5);
    });
  }
});
