/** Geometry of a convolution; each pair is frames, mels. */
export interface Convolution {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  /** Frames from one row of the kernel to the next. */
  readonly dilation: number;
  /** What the kernel sees before and after the input: zeros or, before its frames, what a stream heard last. */
  readonly padding: {
    readonly frames: readonly [number, number];
    readonly mels: readonly [number, number];
  };
}

export type Activation = 'relu' | 'linear';

/**
 * How the layers of a network are computed: with the compiled kernels (network.ts) or, in training, with TensorFlow.js.
 * A network is written once, as a function of these. A tensor has the axes frames, mels and channels.
 */
export interface Operations<Tensor, Name extends string> {
  convolve: (name: Name, x: Tensor, activation: Activation) => Tensor;
  /** max(0, a + b). */
  addRelu: (a: Tensor, b: Tensor) => Tensor;
  /** Channels side by side. */
  concat: (parts: readonly Tensor[]) => Tensor;
  /** The mean over the mels, and the maximum, side by side as channels of one mel. */
  meanAndMaximum: (x: Tensor) => Tensor;
  /** The mean over the frames and the mels: one frame of one mel. */
  mean: (x: Tensor) => Tensor;
}
