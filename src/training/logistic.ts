import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../model/tf.js';

/** Accelerated descent that long leaves the loss within a thousandth of its minimum. */
const STEPS = 300;
/** Of the power iteration that finds the step size. */
const POWER_STEPS = 30;

/** A point in feature space and its class, 0 to classes - 1. */
export interface LabelledPoint {
  features: Float32Array;
  label: number;
}

/**
 * Multinomial logistic regression on features that are standardised by the points it learned from: least mean
 * cross-entropy plus l2 / 2 times the squared weights (not the biases).
 */
export class LogisticRegression {
  private readonly mean: Float32Array;
  private readonly deviation: Float32Array;
  /** Of each feature, and last the biases; a number a class. */
  private readonly weights: number[][];

  /** @param classes number of classes, also of those without a point */
  constructor(tf: Tf, points: readonly LabelledPoint[], classes: number, l2: number) {
    const [{ features: first }] = points;
    this.mean = first.map((_, i) => meanOf(points.map(({ features }) => features[i])));
    // What never changes tells nothing, and must not be divided by 0.
    this.deviation = first.map(
      (_, i) => Math.sqrt(meanOf(points.map(({ features }) => (features[i] - this.mean[i]) ** 2))) || 1,
    );
    this.weights = tf.tidy(() => {
      const x = tf.tensor2d(points.map(({ features }) => this.standardised(features)));
      const targets = tf.oneHot(
        points.map(({ label }) => label),
        classes,
      );
      return fit(tf, x, targets as Tensor2D, l2).arraySync();
    });
  }

  /** The classes' probabilities at a point. */
  probabilities(features: Float32Array): number[] {
    const inputs = this.standardised(features);
    const logits = this.weights[0].map((_, label) =>
      inputs.reduce((sum, input, i) => sum + input * this.weights[i][label], 0),
    );
    const largest = Math.max(...logits);
    const powers = logits.map(logit => Math.exp(logit - largest));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map(power => power / sum);
  }

  /** With a 1 behind for the biases. */
  private standardised(features: Float32Array): number[] {
    return [...features.map((value, i) => (value - this.mean[i]) / this.deviation[i]), 1];
  }
}

/**
 * Accelerated gradient descent (Nesterov 1983; Beck and Teboulle 2009), its step by the largest curvature that the loss
 * can have: half the inputs' largest second moment (Böhning 1992).
 * @param x inputs [points, inputs], the last of them for the biases
 * @param targets [points, classes]
 * @returns weights [inputs, classes]
 */
function fit(tf: Tf, x: Tensor2D, targets: Tensor2D, l2: number): Tensor2D {
  const [points, inputs] = x.shape;
  const penalty = tf.concat([tf.fill([inputs - 1, 1], l2), tf.zeros([1, 1])]);
  const rate = 1 / (largestMoment(tf, x) / 2 + l2);
  let weights: Tensor2D = tf.zerosLike(tf.matMul(x, targets, true));
  let ahead = weights;
  for (let step = 0; step < STEPS; step++) {
    const [next, nextAhead] = tf.tidy(() => {
      const errors = tf.sub<Tensor2D>(tf.softmax(tf.matMul(x, ahead)), targets);
      const slope = tf.add(tf.div(tf.matMul(x, errors, true), points), tf.mul(ahead, penalty));
      const next = tf.sub<Tensor2D>(ahead, tf.mul(slope, rate));
      const momentum = tf.mul(tf.sub(next, weights), step / (step + 3));
      return [next, tf.add<Tensor2D>(next, momentum)];
    });
    tf.dispose([weights, ahead]);
    [weights, ahead] = [next, nextAhead];
  }
  return weights;
}

/** Largest eigenvalue of the inputs' second moments, by power iteration. */
function largestMoment(tf: Tf, x: Tensor2D): number {
  return tf.tidy(() => {
    let direction: Tensor2D = tf.ones([x.shape[1], 1]);
    for (let step = 0; step < POWER_STEPS; step++) {
      const next = tf.matMul(x, tf.matMul<Tensor2D>(x, direction), true);
      direction = tf.div(next, tf.norm(next));
    }
    return tf.sum(tf.square(tf.matMul(x, direction))).dataSync()[0] / x.shape[0];
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b) / values.length;
}
