import type { Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Random } from '../../maths/random.js';
import type { Tf } from './tf.js';

const NORM_EPSILON = 1e-3;
const NORM_MOMENTUM = 0.95;

/** Normal with variance 2 / fan-in, for layers before a ReLU (He et al. 2015, arXiv 1502.01852). */
export function heNormal(tf: Tf, random: Random, shape: [number, number, number, number]): Tensor {
  const deviation = Math.sqrt(2 / (shape[0] * shape[1] * shape[2]));
  const values = Float32Array.from(
    { length: shape.reduce((a, b) => a * b) },
    () => random.normal() * deviation,
  );
  return tf.tensor(values, shape);
}

/**
 * ReLU, with its gradient written out: the stock one looks for NaN and fills whole tensors, and takes longer than the ReLU
 * itself.
 */
export function relu(tf: Tf, x: Tensor4D): Tensor4D {
  const operation = tf.customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor4D, (tensors: Tensor[]) => void];
    const value = tf.relu(x);
    save([value]);
    return {
      value,
      gradFunc: (dy: Tensor, [value]: Tensor[]) => tf.mul(dy, tf.cast(tf.greater(value, 0), 'float32')),
    };
  });
  return operation(x);
}

/**
 * Batch normalisation over all but the last axis (Ioffe and Szegedy 2015, arXiv 1502.03167), with its gradient written
 * out: the stock one tiles its statistics to the size of the batch and takes longer than the convolutions.
 */
export class BatchNorm {
  /** `mean` and `variance` are running averages that no gradient reaches. */
  readonly variables: Record<'gamma' | 'beta' | 'mean' | 'variance', Variable>;
  private readonly tf: Tf;
  private isFrozen = false;

  constructor(tf: Tf, channels: number) {
    this.tf = tf;
    const variable = (value: number, trainable: boolean): Variable =>
      tf.tidy(() => tf.variable(tf.fill([channels], value), trainable));
    this.variables = {
      gamma: variable(1, true),
      beta: variable(0, true),
      mean: variable(0, false),
      variance: variable(1, false),
    };
  }

  /** Turns into a plain bias, as `fold` left it: small or one-sided batches would only harm its statistics. */
  freeze(bias: Float32Array): void {
    const { gamma, beta, mean, variance } = this.variables;
    const { tf } = this;
    tf.tidy(() => {
      gamma.assign(tf.onesLike(gamma));
      beta.assign(tf.tensor1d(bias));
      mean.assign(tf.zerosLike(mean));
      variance.assign(tf.fill(variance.shape, 1 - NORM_EPSILON));
    });
    this.isFrozen = true;
  }

  /** Normalises by the batch's statistics, which also update the running ones; when frozen, only scales and shifts. */
  apply(x: Tensor4D): Tensor4D {
    const tf = this.tf;
    if (this.isFrozen) return tf.add<Tensor4D>(tf.mul(x, this.variables.gamma), this.variables.beta);
    const count = x.size / x.shape[3];
    const operation = tf.customGrad((...args) => {
      const [x, gamma, beta, save] = args as unknown as [
        Tensor4D,
        Tensor,
        Tensor,
        (tensors: Tensor[]) => void,
      ];
      // E[x^2] - E[x]^2, and one scale and shift: passes over the batch cost more than rounding errors.
      const mean = tf.mean(x, [0, 1, 2]);
      const variance = tf.relu(tf.sub(tf.mean(tf.square(x), [0, 1, 2]), tf.square(mean)));
      this.observe('mean', mean);
      this.observe('variance', variance);
      const inverse = tf.rsqrt(tf.add(variance, NORM_EPSILON));
      const scale = tf.mul(gamma, inverse);
      save([x, mean, inverse, scale]);
      return {
        value: tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale))),
        gradFunc: (dy: Tensor, saved: Tensor[]) => {
          const [x, mean, inverse, scale] = saved;
          const dBeta = tf.sum(dy, [0, 1, 2]);
          const dGamma = tf.mul(tf.sub(tf.sum(tf.mul(dy, x), [0, 1, 2]), tf.mul(mean, dBeta)), inverse);
          // dx = scale (dy - dBeta / count - normalised dGamma / count)
          const slope = tf.div(tf.mul(tf.mul(scale, inverse), dGamma), count);
          const constant = tf.sub(tf.mul(slope, mean), tf.div(tf.mul(scale, dBeta), count));
          const dx = tf.add(tf.sub(tf.mul(dy, scale), tf.mul(x, slope)), constant);
          return [dx, dGamma, dBeta];
        },
      };
    });
    return operation(x, this.variables.gamma, this.variables.beta) as Tensor4D;
  }

  /** Kernel and bias of a convolution that equals this kernel followed by this normalisation, by its running statistics. */
  fold(kernel: Tensor4D): { kernel: Tensor4D; bias: Tensor1D } {
    const tf = this.tf;
    const { gamma, beta, mean, variance } = this.variables;
    return tf.tidy(() => {
      const scale = tf.div(gamma, tf.sqrt(tf.add(variance, NORM_EPSILON)));
      return {
        kernel: tf.mul<Tensor4D>(kernel, scale),
        bias: tf.sub<Tensor1D>(beta, tf.mul(mean, scale)),
      };
    });
  }

  private observe(statistic: 'mean' | 'variance', now: Tensor): void {
    const { tf } = this;
    const running = this.variables[statistic];
    running.assign(tf.add(tf.mul(running, NORM_MOMENTUM), tf.mul(now, 1 - NORM_MOMENTUM)));
  }
}
