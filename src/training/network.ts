import type { Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { Random } from '../dataset/random.js';
import {
  CONVOLUTION_NAMES,
  CONVOLUTIONS,
  contextFrames,
  cryNet,
  melPadding,
  type Convolve,
  type ConvolutionName,
} from '../model/cry-net.js';
import type { Tf } from '../model/tf.js';

const NORM_EPSILON = 1e-3;
const NORM_MOMENTUM = 0.95;

/** Output channels of each convolution; the logits' are the labels. */
export type Widths = Record<Exclude<ConvolutionName, 'logits'>, number>;

/** Weights of one convolution as they are shipped: batch normalisation folded into kernel and bias. */
export interface FoldedConvolution {
  name: ConvolutionName;
  kernel: Tensor4D;
  bias: Tensor1D;
}

/**
 * CryNet with what training needs on top: batch normalisation, dropout before the logits, and a second head that
 * learns the teacher's classes, so that the body learns sounds and not sources. Variables by name in `variables`;
 * those under `norm/.../mean` and `variance` are running averages that no gradient reaches.
 */
export class TrainableCryNet {
  readonly variables = new Map<string, Variable>();
  private readonly tf: Tf;

  constructor(tf: Tf, widths: Widths, labels: number, teacherClasses: number, seed: number) {
    this.tf = tf;
    const random = new Random(seed);
    const inputs: Record<ConvolutionName, number> = {
      conv1: 1,
      conv2: widths.conv1,
      conv3: widths.conv2,
      conv4: widths.conv3,
      residual1: widths.conv4,
      residual2: widths.residual1,
      conv5: widths.conv4,
      embedding: 2 * widths.conv5,
      logits: widths.embedding,
    };
    for (const name of CONVOLUTION_NAMES) {
      const [frames, mels] = CONVOLUTIONS[name].kernel;
      const outputs = name === 'logits' ? labels : widths[name];
      this.add(`${name}/kernel`, heNormal(tf, random, [frames, mels, inputs[name], outputs]));
      if (name === 'logits') this.add('logits/bias', tf.zeros([labels]));
      else {
        this.add(`${name}/gamma`, tf.ones([outputs]));
        this.add(`${name}/beta`, tf.zeros([outputs]));
        this.add(`${name}/mean`, tf.zeros([outputs]), false);
        this.add(`${name}/variance`, tf.ones([outputs]), false);
      }
    }
    if (teacherClasses > 0) {
      this.add('teacher/kernel', heNormal(tf, random, [1, 1, widths.embedding, teacherClasses]));
      this.add('teacher/bias', tf.fill([teacherClasses], -4));
    }
  }

  get trainable(): Variable[] {
    return [...this.variables.values()].filter(variable => variable.trainable);
  }

  /**
   * Forward pass in training: batch statistics, which also move the running ones; dropout from `seed`.
   * @param x scaled log-mel [batch, frames, mels, 1]
   * @returns logits [batch, steps, labels] and, with a teacher, its classes' logits [batch, steps, classes]
   */
  forward(x: Tensor4D, dropout: number, seed: number): { logits: Tensor; teacher?: Tensor } {
    const tf = this.tf;
    const convolve: Convolve = (name, input, activation) => {
      const y = this.convolution(
        name,
        name === 'logits' ? (tf.dropout(input, dropout, undefined, seed) as Tensor4D) : input,
      );
      if (name === 'logits') return tf.add<Tensor4D>(y, this.get('logits/bias'));
      const observe = (statistic: 'mean' | 'variance', now: Tensor): void => {
        const running = this.get(`${name}/${statistic}`);
        running.assign(tf.add(tf.mul(running, NORM_MOMENTUM), tf.mul(now, 1 - NORM_MOMENTUM)));
      };
      const normalised = batchNorm(tf, y, this.get(`${name}/gamma`), this.get(`${name}/beta`), observe);
      return activation === 'relu' ? tf.relu(normalised) : normalised;
    };
    const { embedding, logits } = cryNet(tf, x, convolve);
    const flat = (t: Tensor4D): Tensor => tf.squeeze(t, [2]);
    if (!this.variables.has('teacher/kernel')) return { logits: flat(logits) };
    const dropped = tf.dropout(embedding, dropout, undefined, seed + 1) as Tensor4D;
    const teacher = tf.add<Tensor4D>(
      tf.conv2d(dropped, this.get('teacher/kernel') as unknown as Tensor4D, 1, 'valid'),
      this.get('teacher/bias'),
    );
    return { logits: flat(logits), teacher: flat(teacher) };
  }

  /** The weights to ship, with batch normalisation's running statistics folded in. The caller disposes them. */
  folded(): FoldedConvolution[] {
    const tf = this.tf;
    return CONVOLUTION_NAMES.map(name => {
      const kernel = this.get(`${name}/kernel`) as unknown as Tensor4D;
      if (name === 'logits') {
        return { name, kernel: tf.clone(kernel), bias: tf.clone(this.get('logits/bias')) as Tensor1D };
      }
      const scale = tf.tidy(() =>
        tf.div(this.get(`${name}/gamma`), tf.sqrt(tf.add(this.get(`${name}/variance`), NORM_EPSILON))),
      );
      const folded = {
        name,
        kernel: tf.mul<Tensor4D>(kernel, scale),
        bias: tf.tidy(() =>
          tf.sub<Tensor1D>(this.get(`${name}/beta`), tf.mul(this.get(`${name}/mean`), scale)),
        ),
      };
      scale.dispose();
      return folded;
    });
  }

  private convolution(name: ConvolutionName, x: Tensor4D): Tensor4D {
    const tf = this.tf;
    const convolution = CONVOLUTIONS[name];
    // A stream begins with silence, which the zeros of the padding stand for.
    const padded = tf.pad(x, [[0, 0], [contextFrames(convolution), 0], melPadding(convolution), [0, 0]]);
    const kernel = this.get(`${name}/kernel`) as unknown as Tensor4D;
    return tf.conv2d(padded, kernel, [...convolution.strides], 'valid');
  }

  private get(name: string): Variable {
    return this.variables.get(name)!;
  }

  private add(name: string, initial: Tensor, trainable = true): void {
    this.variables.set(name, this.tf.variable(initial, trainable));
    initial.dispose();
  }
}

/** Normal with variance 2 / fan-in, for layers before a ReLU (He et al. 2015, arXiv 1502.01852). */
function heNormal(tf: Tf, random: Random, shape: [number, number, number, number]): Tensor {
  const deviation = Math.sqrt(2 / (shape[0] * shape[1] * shape[2]));
  const values = Float32Array.from(
    { length: shape.reduce((a, b) => a * b) },
    () => random.normal() * deviation,
  );
  return tf.tensor(values, shape);
}

/**
 * Batch normalisation over all but the last axis (Ioffe and Szegedy 2015, arXiv 1502.03167), with its gradient written
 * out: the stock one tiles its statistics to the size of the batch and takes longer than the convolutions.
 */
function batchNorm(
  tf: Tf,
  x: Tensor4D,
  gamma: Tensor,
  beta: Tensor,
  observe: (statistic: 'mean' | 'variance', now: Tensor) => void,
): Tensor4D {
  const count = x.size / x.shape[3];
  const operation = tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [Tensor4D, Tensor, Tensor, (tensors: Tensor[]) => void];
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    observe('mean', mean);
    observe('variance', variance);
    const inverse = tf.rsqrt(tf.add(variance, NORM_EPSILON));
    const normalised = tf.mul(tf.sub(x, mean), inverse);
    save([normalised, inverse, gamma]);
    return {
      value: tf.add(tf.mul(normalised, gamma), beta),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [normalised, inverse, gamma] = saved;
        const dBeta = tf.sum(dy, [0, 1, 2]);
        const dGamma = tf.sum(tf.mul(dy, normalised), [0, 1, 2]);
        const dx = tf.mul(
          tf.sub(dy, tf.div(tf.add(dBeta, tf.mul(normalised, dGamma)), count)),
          tf.mul(gamma, inverse),
        );
        return [dx, dGamma, dBeta];
      },
    };
  });
  return operation(x, gamma, beta) as Tensor4D;
}
