import type { NamedAttrMap, NamedTensorInfoMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTf, type Tf } from './tf.js';

/**
 * TensorFlow.js for training: @tensorflow/tfjs-node where it is installed, else the wasm backend, which trains
 * everywhere but about nine times slower.
 * @throws DeepInfantError `training-backend` when neither is installed
 */
export async function loadTrainingTf(): Promise<Tf> {
  const { tf, backend } = await loadTf('tensorflow');
  if (backend === 'tensorflow') return tf;
  const known = tf.getKernelsForBackend('wasm').some(kernel => kernel.kernelName === 'Conv2DBackpropFilter');
  if (!known) registerFilterGradient(tf);
  return tf;
}

/** The wasm backend lacks the gradient of a convolution's filter: one matrix product for each place of the filter. */
function registerFilterGradient(tf: Tf): void {
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => tf.tidy(() => filterGradient(tf, inputs, attrs)),
  });
}

/** Gradient of a 'valid' convolution [batch, height, width, channels] for its filter. */
function filterGradient(tf: Tf, inputs: NamedTensorInfoMap, attrs: NamedAttrMap | undefined): Tensor {
  const { strides, filterShape } = attrs as {
    strides: [number, number];
    filterShape: [number, number, number, number];
  };
  const x = inputs.x as Tensor4D;
  const dy = inputs.dy as Tensor4D;
  const [height, width, channelsIn, channelsOut] = filterShape;
  const [batch, rows, columns] = dy.shape;
  const dyFlat = tf.reshape(dy, [-1, channelsOut]);
  const places = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const end = [batch, i + (rows - 1) * strides[0] + 1, j + (columns - 1) * strides[1] + 1, channelsIn];
      const seen = tf.stridedSlice(x, [0, i, j, 0], end, [1, ...strides, 1]);
      places.push(tf.matMul(tf.reshape(seen, [-1, channelsIn]), dyFlat, true, false));
    }
  }
  return tf.reshape(tf.stack(places), filterShape);
}
