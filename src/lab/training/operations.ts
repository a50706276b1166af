import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Activation, Convolution, Operations } from '../../model/graph.js';
import { relu } from './layers.js';
import type { Tf } from './tf.js';

/**
 * The operations of a network on tensors [streams, frames, mels, channels] of TensorFlow.js.
 * @param convolve how this use of the network computes a convolution, its bias and normalisation
 */
export function tensorOperations<Name extends string>(
  tf: Tf,
  convolve: (name: Name, x: Tensor4D, activation: Activation) => Tensor4D,
): Operations<Tensor4D, Name> {
  return {
    convolve,
    addRelu: (a, b) => relu(tf, tf.add(a, b)),
    concat: parts => tf.concat([...parts], 3),
    meanAndMaximum: x => tf.concat([tf.mean<Tensor4D>(x, 2, true), tf.max<Tensor4D>(x, 2, true)], 3),
    mean: x => tf.mean<Tensor4D>(x, [1, 2], true),
  };
}

/**
 * A convolution without a bias. A stream begins with silence, which the zeros of the padding stand for.
 * @param kernel [rows, columns, channels, outputs]
 */
export function convolveTensor(tf: Tf, x: Tensor4D, kernel: Tensor4D, convolution: Convolution): Tensor4D {
  const { padding, strides, dilation } = convolution;
  const padded = tf.pad(x, [[0, 0], [...padding.frames], [...padding.mels], [0, 0]]);
  if (dilation === 1) return tf.conv2d(padded, kernel, [...strides], 'valid');
  return tf.conv2d(sideBySide(tf, padded, convolution), asOneRow(tf, kernel), [1, 1], 'valid');
}

/**
 * The input of a dilated convolution, its kernel's rows put side by side as channels: what a kernel of one row and as
 * many more channels sees. TensorFlow.js has no gradient of a dilated convolution.
 */
function sideBySide(tf: Tf, x: Tensor4D, { kernel, dilation }: Convolution): Tensor4D {
  const [streams, frames, mels, channels] = x.shape;
  const kept = frames - (kernel[0] - 1) * dilation;
  const rows = Array.from({ length: kernel[0] }, (_, row) =>
    tf.slice(x, [0, row * dilation, 0, 0], [streams, kept, mels, channels]),
  );
  return tf.concat(rows, 3);
}

/** The kernel [rows, 1, channels, outputs] of a dilated convolution for the input that `sideBySide` makes. */
function asOneRow(tf: Tf, kernel: Tensor4D): Tensor4D {
  const [rows, , channels, outputs] = kernel.shape;
  return tf.reshape(kernel, [1, 1, rows * channels, outputs]);
}
