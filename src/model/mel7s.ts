import type { Rank, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { LogMel, SEED_FRONT_END } from '../features/log-mel.js';
import { SAMPLE_RATE, type Reason } from '../values.js';
import type { ModelManifest } from './manifest.js';
import type { Tf } from './tf.js';
import type { NamedWeights } from './weights.js';

/** The reasons that mel7s tells apart: those of the cleaned Donate-a-cry corpus, and so of the seed's data. */
export const MEL7S_REASONS = [
  'hungry',
  'discomfort',
  'tired',
  'belly pain',
  'burping',
] as const satisfies readonly Reason[];
export type Mel7sReason = (typeof MEL7S_REASONS)[number];

/** What mel7s hears of a recording: a picture of its first 7 s, PICTURE_FRAMES x 128 mels. */
export const MEL7S_S = 7;
const CLIP_SAMPLES = MEL7S_S * SAMPLE_RATE;
export const PICTURE_FRAMES = Math.floor((CLIP_SAMPLES - SEED_FRONT_END.fftSize) / SEED_FRONT_END.hop) + 1;
const { mels } = SEED_FRONT_END;

/** The network's input is (max(dB, floorDb) - meanDb) / stdDb, as CryNet's. */
export const MEL7S_SCALING: ModelManifest['scaling'] = { floorDb: -70, meanDb: -40, stdDb: 20 };

/** Everything needed to run mel7s: the manifest.json beside its weights. */
export interface Mel7sManifest extends Pick<
  ModelManifest,
  'format' | 'version' | 'licence' | 'frontEnd' | 'scaling' | 'weights' | 'training'
> {
  name: 'mel7s';
  /** Model beside it that tells when there is a cry. */
  detector: string;
  clipS: typeof MEL7S_S;
  reasons: typeof MEL7S_REASONS;
}

/** Each convolution's kernel (frames x mels x channels in x channels out) and its stride in both directions. */
export const MEL7S_CONVOLUTIONS = {
  stem: { kernel: [5, 5, 1, 16], stride: 4 },
  stage1a: { kernel: [3, 3, 16, 16], stride: 1 },
  stage1b: { kernel: [3, 3, 16, 16], stride: 1 },
  stage2a: { kernel: [3, 3, 16, 32], stride: 2 },
  stage2b: { kernel: [3, 3, 32, 32], stride: 1 },
  shortcut2: { kernel: [1, 1, 16, 32], stride: 2 },
  stage3a: { kernel: [3, 3, 32, 64], stride: 2 },
  stage3b: { kernel: [3, 3, 64, 64], stride: 1 },
  shortcut3: { kernel: [1, 1, 32, 64], stride: 2 },
  stage4a: { kernel: [3, 3, 64, 128], stride: 2 },
  stage4b: { kernel: [3, 3, 128, 128], stride: 1 },
  shortcut4: { kernel: [1, 1, 64, 128], stride: 2 },
  logits: { kernel: [1, 1, 128, MEL7S_REASONS.length], stride: 1 },
} as const satisfies Record<string, { kernel: readonly [number, number, number, number]; stride: number }>;
export type Mel7sConvolution = keyof typeof MEL7S_CONVOLUTIONS;
export const MEL7S_NAMES = Object.keys(MEL7S_CONVOLUTIONS) as Mel7sConvolution[];

/** How one use of the network (training, product) computes a convolution of an input that is padded already. */
export type Mel7sConvolve = (
  name: Mel7sConvolution,
  padded: Tensor4D,
  activation: 'relu' | 'linear',
) => Tensor4D;

/**
 * A small residual network over the picture of a whole clip (He et al. 2016, arXiv 1512.03385): as ResNet-34 a stem that
 * leaves a quarter of frames and mels and four stages, but of one block each and a quarter of the width.
 * @param x scaled log-mel [clips, PICTURE_FRAMES, mels, 1]
 * @returns logits [clips, reasons]
 */
export function mel7s(tf: Tf, x: Tensor4D, convolve: Mel7sConvolve): Tensor2D {
  const layer = (name: Mel7sConvolution, input: Tensor4D, activation: 'relu' | 'linear'): Tensor4D => {
    const around = (MEL7S_CONVOLUTIONS[name].kernel[0] - 1) / 2;
    const padding: [number, number] = [around, around];
    return convolve(name, around ? tf.pad(input, [[0, 0], padding, padding, [0, 0]]) : input, activation);
  };
  let h = layer('stem', x, 'relu');
  for (const stage of [1, 2, 3, 4] as const) {
    const inner = layer(`stage${stage}b`, layer(`stage${stage}a`, h, 'relu'), 'linear');
    h = tf.relu(tf.add(inner, stage === 1 ? h : layer(`shortcut${stage}`, h, 'linear')));
  }
  return tf.squeeze(layer('logits', tf.mean<Tensor4D>(h, [1, 2], true), 'linear'), [1, 2]);
}

/**
 * Log-mel in dB of a recording, [frames x mels], filled up with silence to 7 s; PICTURE_FRAMES frames or, for a longer
 * recording, more.
 * @param samples 16 kHz mono
 */
export function mel7sPicture(samples: Float32Array): Float32Array {
  const filled = new Float32Array(Math.max(CLIP_SAMPLES, samples.length));
  filled.set(samples);
  return new LogMel().push(filled);
}

/** Scaled input of PICTURE_FRAMES frames of each picture, from a frame on. */
export function mel7sInput(tf: Tf, pictures: readonly { picture: Float32Array; from: number }[]): Tensor4D {
  const { floorDb, meanDb, stdDb } = MEL7S_SCALING;
  const size = PICTURE_FRAMES * mels;
  const input = new Float32Array(pictures.length * size);
  pictures.forEach(({ picture, from }, clip) => {
    for (let i = 0; i < size; i++)
      input[clip * size + i] = (Math.max(floorDb, picture[from * mels + i]) - meanDb) / stdDb;
  });
  return tf.tensor4d(input, [pictures.length, PICTURE_FRAMES, mels, 1]);
}

/** mel7s with its weights, on any backend. */
export class Mel7s {
  private readonly tf: Tf;
  private readonly tensors: Map<string, Tensor>;

  /** @param weights `NAME/kernel` and `NAME/bias` of each convolution */
  constructor(tf: Tf, weights: readonly NamedWeights[]) {
    this.tf = tf;
    this.tensors = new Map(weights.map(({ name, values, shape }) => [name, tf.tensor<Rank>(values, shape)]));
  }

  /**
   * @param pictures of mel7sPicture; their first 7 s count
   * @returns of each, the probabilities of MEL7S_REASONS; uncalibrated
   */
  probabilities(pictures: readonly Float32Array[]): number[][] {
    const tf = this.tf;
    const convolve: Mel7sConvolve = (name, x, activation) =>
      tf.fused.conv2d({
        x,
        filter: this.tensors.get(`${name}/kernel`) as Tensor4D,
        strides: MEL7S_CONVOLUTIONS[name].stride,
        pad: 'valid',
        bias: this.tensors.get(`${name}/bias`),
        activation,
      });
    const probabilities = tf.tidy(() => {
      const input = mel7sInput(
        tf,
        pictures.map(picture => ({ picture, from: 0 })),
      );
      return tf.softmax(mel7s(tf, input, convolve)).arraySync();
    });
    return probabilities;
  }

  dispose(): void {
    this.tf.dispose([...this.tensors.values()]);
  }
}
