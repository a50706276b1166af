import assert from 'node:assert/strict';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTrainingTf } from '../../../src/lab/training/backend.js';
import { BatchNorm, relu } from '../../../src/lab/training/layers.js';

describe('ReLU', () => {
  it('has a gradient where it lets through', async () => {
    const tf = await loadTrainingTf();
    const x = tf.tensor4d([-2, 0, 3, 0.5], [1, 1, 1, 4]);
    const [dx] = tf.grads(x => tf.sum(tf.mul(relu(tf, x as Tensor4D), [1, 2, 3, 4])))([x]);
    assert.deepEqual([...dx.dataSync()], [0, 0, 3, 4]);
  });
});

describe('batch normalisation', () => {
  it("has gradients that are the loss's slopes", async () => {
    const tf = await loadTrainingTf();
    const norm = new BatchNorm(tf, 3);
    const x = tf.variable(tf.randomNormal([2, 4, 3, 3], 1, 2, 'float32', 1));
    const weights = tf.randomNormal([2, 4, 3, 3], 0, 1, 'float32', 2);
    const loss = (): Scalar => tf.sum(tf.mul(tf.square(norm.apply(x as unknown as Tensor4D)), weights));
    const { gamma, beta } = norm.variables;
    gamma.assign(tf.tensor([1, 2, 0.5]));
    beta.assign(tf.tensor([0.3, -0.2, 0.1]));
    const { grads } = tf.variableGrads(loss, [x, gamma, beta]);
    for (const variable of [x, gamma, beta]) {
      const gradient = grads[variable.name].dataSync();
      const values = variable.dataSync().slice();
      for (const i of [0, 1, values.length - 1]) {
        const lossAt = (change: number): number => {
          const changed = Float32Array.from(values);
          changed[i] += change;
          variable.assign(tf.tensor(changed, variable.shape));
          return loss().dataSync()[0];
        };
        const slope = (lossAt(0.01) - lossAt(-0.01)) / 0.02;
        lossAt(0);
        assert.ok(Math.abs(gradient[i] - slope) < 0.02 * (1 + Math.abs(slope)), `${gradient[i]} ${slope}`);
      }
    }
  });

  it('folds into a convolution that normalises by what many batches had in common', async () => {
    const tf = await loadTrainingTf();
    const norm = new BatchNorm(tf, 4);
    const kernel = tf.randomNormal([3, 3, 2, 4], 0, 1, 'float32', 3) as unknown as Tensor4D;
    const x = tf.randomNormal([8, 6, 6, 2], 1, 1, 'float32', 4) as unknown as Tensor4D;
    norm.variables.gamma.assign(tf.tensor([1, 2, 0.5, -1]));
    norm.variables.beta.assign(tf.tensor([0, 1, 0, -1]));
    const convolved = tf.conv2d(x, kernel, [1, 1], 'valid');
    for (let step = 0; step < 200; step++) tf.tidy(() => norm.apply(convolved));
    const folded = norm.fold(kernel);
    const difference = tf.sub(
      norm.apply(convolved),
      tf.add(tf.conv2d(x, folded.kernel, [1, 1], 'valid'), folded.bias),
    );
    const largest = tf.max(tf.abs(difference)).dataSync()[0];
    assert.ok(largest < 1e-3, `differs by ${largest}`);
  });
});
