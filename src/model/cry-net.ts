import type { Convolution, Operations } from './graph.js';
import type { ModelManifest } from './manifest.js';

/** A convolution that is causal in time, and whose stride of s over the mels leaves exactly 1/s of them. */
function causal({ kernel, strides, dilation }: Omit<Convolution, 'padding'>): Convolution {
  const reach = (kernel[0] - 1) * dilation + 1;
  const mels = kernel[1] - strides[1];
  return {
    kernel,
    strides,
    dilation,
    padding: { frames: [reach - strides[0], 0], mels: [Math.ceil(mels / 2), Math.floor(mels / 2)] },
  };
}

export const CONVOLUTIONS = {
  conv1: causal({ kernel: [3, 3], strides: [2, 2], dilation: 1 }),
  conv2: causal({ kernel: [3, 3], strides: [2, 2], dilation: 1 }),
  conv3: causal({ kernel: [3, 3], strides: [2, 2], dilation: 1 }),
  conv4: causal({ kernel: [3, 3], strides: [1, 2], dilation: 1 }),
  residual1: causal({ kernel: [3, 3], strides: [1, 1], dilation: 1 }),
  residual2: causal({ kernel: [3, 3], strides: [1, 1], dilation: 1 }),
  conv5: causal({ kernel: [3, 3], strides: [1, 2], dilation: 1 }),
  embedding: causal({ kernel: [3, 1], strides: [1, 1], dilation: 1 }),
  context1: causal({ kernel: [3, 1], strides: [1, 1], dilation: 3 }),
  context2: causal({ kernel: [3, 1], strides: [1, 1], dilation: 9 }),
  logits: causal({ kernel: [1, 1], strides: [1, 1], dilation: 1 }),
};
export type ConvolutionName = keyof typeof CONVOLUTIONS;
export const CONVOLUTION_NAMES = Object.keys(CONVOLUTIONS) as ConvolutionName[];

/** Frames that go into one step. */
export const FRAMES_PER_STEP = 8;

/** No more frames than these before a step's own have a part in its outputs: 9 s. */
export const MEMORY_FRAMES = countMemoryFrames();

function countMemoryFrames(): number {
  let frames = 0;
  let framesPerRow = 1;
  for (const name of CONVOLUTION_NAMES) {
    const { padding, strides } = CONVOLUTIONS[name];
    frames += padding.frames[0] * framesPerRow;
    framesPerRow *= strides[0];
  }
  return frames;
}

/**
 * CryNet: a small dense CNN over the log-mel, fully convolutional and causal in time: a step depends on what was heard
 * and never on what comes, so a stream costs only its new frames.
 *
 * Eight frames of 128 mels make one step. 3x3 convolutions with strides, one residual block, mean and maximum over
 * frequency, a convolution over three steps that gives the embedding. Two dilated convolutions over the embeddings of
 * the last 6 s hear whether a sound goes on and comes again, as a cry does (Yu & Koltun 2016, Multi-scale context
 * aggregation by dilated convolutions). One logit per label.
 *
 * @param x scaled log-mel: frames (a multiple of FRAMES_PER_STEP), mels, one channel
 * @returns of each step, one mel: the embedding, and logits
 */
export function cryNet<Tensor>(
  x: Tensor,
  { convolve, addRelu, meanAndMaximum, concat }: Operations<Tensor, ConvolutionName>,
): { embedding: Tensor; logits: Tensor } {
  let h = x;
  for (const name of ['conv1', 'conv2', 'conv3', 'conv4'] as const) h = convolve(name, h, 'relu');
  h = addRelu(h, convolve('residual2', convolve('residual1', h, 'relu'), 'linear'));
  h = convolve('conv5', h, 'relu');
  const embedding = convolve('embedding', meanAndMaximum(h), 'relu');
  const context1 = convolve('context1', embedding, 'relu');
  const context2 = convolve('context2', context1, 'relu');
  return { embedding, logits: convolve('logits', concat([embedding, context1, context2]), 'linear') };
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
