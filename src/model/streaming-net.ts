import type { Rank, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { LABELS } from '../values.js';
import {
  CONVOLUTION_NAMES,
  CONVOLUTIONS,
  contextFrames,
  cryNet,
  FRAMES_PER_STEP,
  asOneRow,
  melPadding,
  sideBySide,
  type Convolve,
  type ConvolutionName,
} from './cry-net.js';
import type { Tf } from './tf.js';
import type { NamedWeights } from './weights.js';

/** The frames that each convolution keeps of one stream, [1, frames, mels, channels]; a new stream has none. */
export type NetState = Partial<Record<ConvolutionName, Tensor4D>>;

/** What the network says of one step. */
export interface Step {
  /** By LABELS. */
  logits: Float32Array;
  embedding: Float32Array;
}

/** CryNet on new frames only: each convolution keeps the frames it needs, so streaming equals the whole at once. */
export class StreamingNet {
  readonly embeddingSize: number;
  private readonly tf: Tf;
  private readonly kernels: Record<ConvolutionName, Tensor4D>;
  private readonly biases: Record<ConvolutionName, Tensor1D>;

  constructor(tf: Tf, weights: readonly NamedWeights[]) {
    this.tf = tf;
    const byName = new Map(weights.map(w => [w.name, w]));
    const load = <T>(suffix: string): Record<ConvolutionName, T> =>
      Object.fromEntries(
        CONVOLUTION_NAMES.map(name => {
          const { values, shape } = byName.get(`${name}/${suffix}`)!;
          return [name, tf.tensor(values, shape)];
        }),
      ) as Record<ConvolutionName, T>;
    this.kernels = load<Tensor4D>('kernel');
    this.biases = load<Tensor1D>('bias');
    this.embeddingSize = this.biases.embedding.shape[0];
  }

  /**
   * Runs new frames of several streams at once and moves their states on.
   * @param states one per stream
   * @param frames scaled log-mel [streams x frames x mels]; frames a multiple of FRAMES_PER_STEP
   * @returns the steps of each stream, oldest first
   */
  run(states: readonly NetState[], frames: Float32Array, mels: number): Step[][] {
    const tf = this.tf;
    const count = frames.length / mels / states.length;
    const { logits, embedding } = tf.tidy(() => {
      const convolve: Convolve = (name, x, activation) => {
        const convolution = CONVOLUTIONS[name];
        const input = this.withContext(name, states, x);
        const isDilated = convolution.dilation > 1;
        return tf.fused.conv2d<Tensor4D>({
          x: isDilated
            ? sideBySide(tf, input, convolution)
            : tf.pad(input, [[0, 0], [0, 0], melPadding(convolution), [0, 0]]),
          filter: isDilated ? asOneRow(tf, this.kernels[name]) : this.kernels[name],
          strides: [...convolution.strides],
          pad: 'valid',
          bias: this.biases[name],
          activation,
        });
      };
      const out = cryNet(tf, tf.tensor4d(frames, [states.length, count, mels, 1]), convolve);
      return { logits: out.logits.dataSync<'float32'>(), embedding: out.embedding.dataSync<'float32'>() };
    });
    const steps = count / FRAMES_PER_STEP;
    return states.map((_, stream) =>
      Array.from({ length: steps }, (_, step) => {
        const at = stream * steps + step;
        return {
          logits: logits.slice(at * LABELS.length, (at + 1) * LABELS.length),
          embedding: embedding.slice(at * this.embeddingSize, (at + 1) * this.embeddingSize),
        };
      }),
    );
  }

  forget(state: NetState): void {
    this.tf.dispose(Object.values(state));
  }

  dispose(): void {
    this.tf.dispose([Object.values(this.kernels), Object.values(this.biases)]);
  }

  /** Puts the kept frames of each stream before its new ones, and keeps the last ones for the next time. */
  private withContext(name: ConvolutionName, states: readonly NetState[], x: Tensor4D): Tensor4D {
    const tf = this.tf;
    const context = contextFrames(CONVOLUTIONS[name]);
    if (context === 0) return x;
    const [streams, frames, mels, channels] = x.shape;
    const before = states.map(state => state[name] ?? tf.zeros<Rank.R4>([1, context, mels, channels]));
    const whole = tf.concat<Tensor4D>([streams === 1 ? before[0] : tf.concat<Tensor4D>(before, 0), x], 1);
    states.forEach((state, stream) => {
      state[name]?.dispose();
      state[name] = tf.keep(tf.slice(whole, [stream, frames, 0, 0], [1, context, mels, channels]));
    });
    return whole;
  }
}
