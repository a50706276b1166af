import assert from 'node:assert/strict';
import { loadTrainingTf } from '../../../src/lab/training/backend.js';

describe('training backend', () => {
  it("has a filter gradient that is the loss's slope, for every stride that CryNet uses", async () => {
    const tf = await loadTrainingTf();
    for (const strides of [
      [1, 1],
      [2, 2],
      [1, 2],
    ] as [number, number][]) {
      const x = tf.randomNormal([2, 7, 9, 3], 0, 1, 'float32', 1) as Parameters<typeof tf.conv2d>[0];
      const filter = tf.variable(tf.randomNormal([3, 3, 3, 4], 0, 1, 'float32', 2));
      const loss = (): ReturnType<typeof tf.scalar> =>
        tf.sum(tf.square(tf.conv2d(x, filter as never, strides, 'valid')));
      const gradient = Object.values(tf.variableGrads(loss, [filter]).grads)[0].dataSync();
      const values = filter.dataSync().slice();
      const lossAt = (i: number, change: number): number => {
        const changed = Float32Array.from(values);
        changed[i] += change;
        filter.assign(tf.tensor(changed, [3, 3, 3, 4]));
        return loss().dataSync()[0];
      };
      for (const i of [0, 10, 50, 107]) {
        const slope = (lossAt(i, 0.01) - lossAt(i, -0.01)) / 0.02;
        assert.ok(Math.abs(gradient[i] - slope) < 0.01 * (1 + Math.abs(slope)), `${strides.join()} ${i}`);
      }
    }
  });
});
