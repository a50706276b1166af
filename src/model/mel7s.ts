import { SEED_FRONT_END } from '../features/front-end.js';
import { LogMel } from '../features/log-mel.js';
import { SAMPLE_RATE, type Reason } from '../values.js';
import type { Convolution, Operations } from './graph.js';
import type { ModelManifest } from './manifest.js';
import { Network } from './network.js';
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

/** Each convolution's kernel (frames x mels x channels in x channels out), and its geometry. */
export const MEL7S_CONVOLUTIONS = {
  stem: centred([5, 5, 1, 16], 4),
  stage1a: centred([3, 3, 16, 16], 1),
  stage1b: centred([3, 3, 16, 16], 1),
  stage2a: centred([3, 3, 16, 32], 2),
  stage2b: centred([3, 3, 32, 32], 1),
  shortcut2: centred([1, 1, 16, 32], 2),
  stage3a: centred([3, 3, 32, 64], 2),
  stage3b: centred([3, 3, 64, 64], 1),
  shortcut3: centred([1, 1, 32, 64], 2),
  stage4a: centred([3, 3, 64, 128], 2),
  stage4b: centred([3, 3, 128, 128], 1),
  shortcut4: centred([1, 1, 64, 128], 2),
  logits: centred([1, 1, 128, MEL7S_REASONS.length], 1),
};
export type Mel7sConvolution = keyof typeof MEL7S_CONVOLUTIONS;
export const MEL7S_NAMES = Object.keys(MEL7S_CONVOLUTIONS) as Mel7sConvolution[];

/** A convolution whose kernel's centre comes to every stride-th frame and mel. */
function centred(
  shape: [number, number, number, number],
  stride: number,
): Convolution & { shape: [number, number, number, number] } {
  const around = (shape[0] - 1) / 2;
  return {
    shape,
    kernel: [shape[0], shape[1]],
    strides: [stride, stride],
    dilation: 1,
    padding: { frames: [around, around], mels: [around, around] },
  };
}

/**
 * A small residual network over the picture of a whole clip (He et al. 2016, arXiv 1512.03385): as ResNet-34 a stem that
 * leaves a quarter of frames and mels and four stages, but of one block each and a quarter of the width.
 * @param x scaled log-mel: PICTURE_FRAMES frames, mels, one channel
 * @returns logits of the reasons: one frame, one mel
 */
export function mel7s<Tensor>(
  x: Tensor,
  { convolve, addRelu, mean }: Operations<Tensor, Mel7sConvolution>,
): Tensor {
  let h = convolve('stem', x, 'relu');
  for (const stage of [1, 2, 3, 4] as const) {
    const inner = convolve(`stage${stage}b`, convolve(`stage${stage}a`, h, 'relu'), 'linear');
    h = addRelu(inner, stage === 1 ? h : convolve(`shortcut${stage}`, h, 'linear'));
  }
  return convolve('logits', mean(h), 'linear');
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

/** mel7s with its weights. */
export class Mel7s {
  private readonly network: Network<Mel7sConvolution, 'logits'>;
  private readonly clip: number;

  /** @param weights `NAME/kernel` and `NAME/bias` of each convolution */
  constructor(weights: readonly NamedWeights[]) {
    this.network = new Network(
      {
        input: [PICTURE_FRAMES, mels],
        convolutions: MEL7S_CONVOLUTIONS,
        graph: (x, operations) => ({ logits: mel7s(x, operations) }),
      },
      weights,
    );
    this.clip = this.network.openStream();
  }

  /**
   * @param picture of mel7sPicture; its first 7 s count
   * @returns the probabilities of MEL7S_REASONS; uncalibrated
   */
  probabilities(picture: Float32Array): number[] {
    const { network } = this;
    network.setInput(picture, 0, MEL7S_SCALING);
    network.clearStream(this.clip);
    network.run(this.clip);
    const at = network.outputAt.logits;
    return softmax([...network.floats.subarray(at, at + MEL7S_REASONS.length)]);
  }
}

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const odds = logits.map(logit => Math.exp(logit - most));
  const sum = odds.reduce((total, value) => total + value);
  return odds.map(value => value / sum);
}
