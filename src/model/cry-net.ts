import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { ModelManifest } from './manifest.js';
import type { Tf } from './tf.js';

/** Sizes of a convolution, each frames x mels. */
export interface Convolution {
  kernel: readonly [number, number];
  strides: readonly [number, number];
  /** Frames from one row of the kernel to the next. */
  dilation: number;
}

export const CONVOLUTIONS = {
  conv1: { kernel: [3, 3], strides: [2, 2], dilation: 1 },
  conv2: { kernel: [3, 3], strides: [2, 2], dilation: 1 },
  conv3: { kernel: [3, 3], strides: [2, 2], dilation: 1 },
  conv4: { kernel: [3, 3], strides: [1, 2], dilation: 1 },
  residual1: { kernel: [3, 3], strides: [1, 1], dilation: 1 },
  residual2: { kernel: [3, 3], strides: [1, 1], dilation: 1 },
  conv5: { kernel: [3, 3], strides: [1, 2], dilation: 1 },
  embedding: { kernel: [3, 1], strides: [1, 1], dilation: 1 },
  context1: { kernel: [3, 1], strides: [1, 1], dilation: 3 },
  context2: { kernel: [3, 1], strides: [1, 1], dilation: 9 },
  logits: { kernel: [1, 1], strides: [1, 1], dilation: 1 },
} as const satisfies Record<string, Convolution>;
export type ConvolutionName = keyof typeof CONVOLUTIONS;
export const CONVOLUTION_NAMES = Object.keys(CONVOLUTIONS) as ConvolutionName[];

/** Frames that go into one step. */
export const FRAMES_PER_STEP = 8;

/** Frames that a convolution keeps from before its input, so that it is causal: what its kernel reaches back. */
export function contextFrames({ kernel, strides, dilation }: Convolution): number {
  return (kernel[0] - 1) * dilation + 1 - strides[0];
}

/** Zeros before and after the mels, so that a stride of s leaves exactly 1/s of them. */
export function melPadding({ kernel, strides }: Convolution): [number, number] {
  const total = kernel[1] - strides[1];
  return [Math.ceil(total / 2), Math.floor(total / 2)];
}

/** How one use of the network (training, streaming) computes a convolution: with context, bias and normalisation. */
export type Convolve = (name: ConvolutionName, x: Tensor4D, activation: 'relu' | 'linear') => Tensor4D;

/**
 * CryNet: a small dense CNN over the log-mel, fully convolutional and causal in time: a step depends on what was heard
 * and never on what comes, so a stream costs only its new frames.
 *
 * Eight frames of 128 mels make one step. 3x3 convolutions with strides, one residual block, mean and maximum over
 * frequency, a convolution over three steps that gives the embedding. Two dilated convolutions over the embeddings of
 * the last 6 s hear whether a sound goes on and comes again, as a cry does (Yu & Koltun 2016, Multi-scale context
 * aggregation by dilated convolutions). One logit per label.
 *
 * @param x scaled log-mel [streams, frames, mels, 1], frames a multiple of FRAMES_PER_STEP
 * @returns embedding [streams, steps, 1, size] and logits [streams, steps, 1, labels]
 */
export function cryNet(tf: Tf, x: Tensor4D, convolve: Convolve): { embedding: Tensor4D; logits: Tensor4D } {
  let h = x;
  for (const name of ['conv1', 'conv2', 'conv3', 'conv4'] as const) h = convolve(name, h, 'relu');
  const inner = convolve('residual2', convolve('residual1', h, 'relu'), 'linear');
  h = tf.relu(tf.add(h, inner));
  h = convolve('conv5', h, 'relu');
  const pooled = tf.concat([tf.mean<Tensor4D>(h, 2, true), tf.max<Tensor4D>(h, 2, true)], 3);
  const embedding = convolve('embedding', pooled, 'relu');
  const context1 = convolve('context1', embedding, 'relu');
  const context2 = convolve('context2', context1, 'relu');
  const heard = tf.concat([embedding, context1, context2], 3);
  return { embedding, logits: convolve('logits', heard, 'linear') };
}

/**
 * The input of a dilated convolution, its kernel's rows put side by side as channels: what a kernel of one row and as
 * many more channels sees. TensorFlow.js has no gradient of a dilated convolution.
 * @param x [streams, frames, mels, channels] with its context
 */
export function sideBySide(tf: Tf, x: Tensor4D, { kernel, dilation }: Convolution): Tensor4D {
  const [streams, frames, mels, channels] = x.shape;
  const kept = frames - (kernel[0] - 1) * dilation;
  const rows = Array.from({ length: kernel[0] }, (_, row) =>
    tf.slice(x, [0, row * dilation, 0, 0], [streams, kept, mels, channels]),
  );
  return tf.concat(rows, 3);
}

/** The kernel [rows, 1, channels, outputs] of a dilated convolution for the input that `sideBySide` makes. */
export function asOneRow(tf: Tf, kernel: Tensor4D): Tensor4D {
  const [rows, , channels, outputs] = kernel.shape;
  return tf.reshape(kernel, [1, 1, rows * channels, outputs]);
}

/** Multiply-adds that a model spends on a second of audio. */
export function multiplyAddsPerSecond({ frontEnd, weights }: ModelManifest): number {
  let framesPerSecond = frontEnd.sampleRate / frontEnd.hop;
  let mels = frontEnd.mels;
  let sum = 0;
  for (const name of CONVOLUTION_NAMES) {
    const { strides } = CONVOLUTIONS[name];
    const kernel = weights.tensors.find(tensor => tensor.name === `${name}/kernel`)!.shape;
    if (name === 'embedding') mels = 1;
    framesPerSecond /= strides[0];
    mels /= strides[1];
    sum += framesPerSecond * mels * kernel.reduce((a, b) => a * b);
  }
  return sum;
}
