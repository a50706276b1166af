import assert from 'node:assert/strict';
import type { Scalar } from '@tensorflow/tfjs-core';
import { loadTrainingTf } from '../../../src/lab/training/backend.js';
import { AdamW, oneCycle } from '../../../src/lab/training/adam-w.js';

describe('AdamW', () => {
  it('finds the bottom of a bowl, steps of the learning rate long at first', async () => {
    const tf = await loadTrainingTf();
    const x = tf.variable(tf.tensor1d([3, -2]));
    const optimiser = new AdamW(tf, [['x', x]], 0);
    const loss = (): Scalar => tf.sum(tf.square(tf.sub(x, tf.tensor1d([1, 1]))));
    assert.equal(optimiser.minimise(loss, 0.1, 1), 13);
    const [first, second] = x.dataSync();
    assert.ok(
      Math.abs(first - 2.9) < 1e-4 && Math.abs(second - -1.9) < 1e-4,
      'bias-corrected: one rate long',
    );
    for (let step = 2; step <= 300; step++) optimiser.minimise(loss, 0.05, step);
    for (const value of x.dataSync()) assert.ok(Math.abs(value - 1) < 0.02);
  });

  it('shrinks kernels by their decay, and leaves biases alone', async () => {
    const tf = await loadTrainingTf();
    const kernel = tf.variable(tf.ones([1, 1]));
    const bias = tf.variable(tf.ones([1]));
    const optimiser = new AdamW(
      tf,
      [
        ['kernel', kernel],
        ['bias', bias],
      ],
      0.5,
    );
    const nothing = (): Scalar => tf.mul(0, tf.add(tf.sum(kernel), tf.sum(bias)));
    optimiser.minimise(nothing, 0.1, 1);
    assert.ok(Math.abs(kernel.dataSync()[0] - 0.95) < 1e-6);
    assert.equal(bias.dataSync()[0], 1);
  });
});

describe('oneCycle', () => {
  it('rises to its peak after 15% of the steps and falls to nothing', () => {
    const rates = Array.from({ length: 101 }, (_, step) => oneCycle(step, 100, 1));
    assert.ok(Math.abs(rates[0] - 1 / 25) < 1e-9);
    assert.equal(rates.indexOf(Math.max(...rates)), 15);
    assert.ok(Math.abs(rates[15] - 1) < 1e-9 && rates[100] < 1e-3);
    for (let i = 1; i <= 100; i++) assert.ok(i <= 15 ? rates[i] > rates[i - 1] : rates[i] < rates[i - 1]);
  });
});
