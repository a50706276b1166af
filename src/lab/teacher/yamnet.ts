import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { DeepInfantError } from '../../errors.js';
import { hannWindow } from '../../features/hann-window.js';
import { loadTf, type Tf } from '../training/tf.js';
import {
  TEACHER_CLASSES,
  TEACHER_CRY_CLASSES,
  TEACHER_HOP,
  TEACHER_WINDOW,
  teacherWindows,
} from './teacher.js';
import { readTeacherFile } from './teacher-file.js';
import { OPERATOR, readTflite, type TfliteGraph, type TfliteOperator } from './tflite.js';
import type { WindowTeacher } from './window-teacher.js';

/** Samples of a frame, of its Fourier transform, and from one frame to the next. */
const FRAME = 400;
const FFT = 512;
const HOP = 160;
/** Frames of a window. */
const FRAMES = 96;
const MELS = 64;
const PAD = (FFT - FRAME) / 2;
const HANN = hannWindow(FRAME);

/** Windows that are computed at once: enough for speed, few enough for about 100 MB. */
const BATCH = 16;

/** The operators that have weights: cosines, sines, mel filters; MobileNet v1; the classes. */
const { conv2d, depthwiseConv2d, fullyConnected } = OPERATOR;
const OPERATORS = [
  ...[fullyConnected, fullyConnected, fullyConnected],
  conv2d,
  ...Array.from({ length: 13 }, () => [depthwiseConv2d, conv2d]).flat(),
  fullyConnected,
];

/** A product with a matrix [inputs, outputs]. */
type Dense = { weights: Tensor2D; bias: Tensor1D | undefined };

/** A convolution [height, width, inputs, outputs] with bias, then ReLU. */
type Convolution = { weights: Tensor4D; bias: Tensor1D | undefined; stride: number };

type Layers = {
  cosines: Dense;
  sines: Dense;
  mels: Dense;
  first: Convolution;
  /** Convolutions of each channel by itself, each followed by one, of a single place, over all channels. */
  separables: { depthwise: Convolution; pointwise: Convolution }[];
  classes: Dense;
};

/**
 * YAMNet, the network for the 521 sounds of AudioSet, from the TensorFlow Lite file that Google publishes
 * (https://www.kaggle.com/models/google/yamnet/tfLite/classification-tflite), without TensorFlow Lite.
 *
 * Architecture: https://github.com/tensorflow/models/tree/master/research/audioset/yamnet. Most weights of the file
 * have 8 bits, even those of its Fourier transform, and what meets them is rounded to 8 bits on the way ('dynamic range
 * quantization'). Here as there, in the steps of its library XNNPACK: without them, scores differ by up to 0.5. A last
 * bit that is rounded otherwise still moves a score by some hundredths, as it does there.
 */
export class Yamnet implements WindowTeacher {
  readonly name = 'yamnet';
  readonly classes = TEACHER_CLASSES;
  readonly window = TEACHER_WINDOW;

  /**
   * @param file path of the .tflite file
   * @throws DeepInfantError `not-tflite` (see readTflite), `not-yamnet` for a different network
   */
  static async open(file: string): Promise<Yamnet> {
    const graph = await readTflite(file);
    const { tf } = await loadTf('tensorflow');
    const { sha256 } = await readTeacherFile(file);
    return new Yamnet(tf, layersOf(tf, graph, file), sha256);
  }

  private constructor(
    private readonly tf: Tf,
    private readonly layers: Layers,
    readonly sha256: string,
  ) {}

  /**
   * Scores windows of TEACHER_WINDOW samples, one every `hopSamples`; what is left behind the last one is not heard,
   * but a shorter recording is filled up with zeros.
   * @param samples 16 kHz mono in [-1, 1]
   * @returns [windows x TEACHER_CLASSES] in [0, 1]
   */
  score(samples: Float32Array, hopSamples: number): Float32Array {
    const windows = teacherWindows(samples.length, hopSamples);
    const scores = new Float32Array(windows * TEACHER_CLASSES);
    for (let done = 0; done < windows; done += BATCH) {
      const count = Math.min(BATCH, windows - done);
      const frames = new Float32Array(count * FRAMES * FFT);
      for (let frame = 0; frame < count * FRAMES; frame++) {
        const start = (done + Math.floor(frame / FRAMES)) * hopSamples + (frame % FRAMES) * HOP;
        fillFrame(frames.subarray(frame * FFT + PAD, (frame + 1) * FFT - PAD), samples, start);
      }
      scores.set(this.scoreFrames(frames), done * TEACHER_CLASSES);
    }
    return scores;
  }

  windows(samples: Float32Array, hop = TEACHER_HOP): Promise<Float32Array> {
    return Promise.resolve(this.score(samples, hop));
  }

  crying(scores: Float32Array): Float32Array {
    return Float32Array.from({ length: scores.length / TEACHER_CLASSES }, (_, window) =>
      Math.max(...TEACHER_CRY_CLASSES.map(c => scores[window * TEACHER_CLASSES + c])),
    );
  }

  close(): Promise<void> {
    this.tf.dispose(this.layers);
    return Promise.resolve();
  }

  /** @param frames rounded, windowed frames [windows x FRAMES x FFT] */
  private scoreFrames(frames: Float32Array): Float32Array {
    const { tf } = this;
    const { cosines, sines, mels, first, separables, classes } = this.layers;
    return tf.tidy(() => {
      const x = tf.tensor2d(frames, [frames.length / FFT, FFT]);
      const power: Tensor2D = tf.add(tf.square(this.dense(x, cosines)), tf.square(this.dense(x, sines)));
      // The bias of the mels keeps the logarithm from 0.
      const logMel = tf.log(this.dense(this.quantise(tf.sqrt(power)), mels));
      let h = this.convolve(tf.reshape(logMel, [-1, FRAMES, MELS, 1]), first);
      for (const { depthwise, pointwise } of separables) {
        const { weights: filter, bias, stride } = depthwise;
        const options = { filter, bias, strides: stride, pad: 'same', activation: 'relu' } as const;
        h = this.convolve(this.quantise(tf.fused.depthwiseConv2d({ x: h, ...options })), pointwise);
      }
      const mean: Tensor2D = tf.mean(h, [1, 2]);
      return tf.sigmoid(this.dense(this.quantise(mean), classes)).dataSync<'float32'>();
    });
  }

  private dense(x: Tensor2D, { weights, bias }: Dense): Tensor2D {
    const product = this.tf.matMul<Tensor2D>(x, weights);
    return bias ? this.tf.add(product, bias) : product;
  }

  private convolve(x: Tensor4D, { weights: filter, bias, stride }: Convolution): Tensor4D {
    return this.tf.fused.conv2d({ x, filter, strides: stride, pad: 'same', bias, activation: 'relu' });
  }

  /** Numbers >= 0 rounded to 255 steps from 0 to the highest along the last axis, as XNNPACK rounds them. */
  private quantise<T extends Tensor>(x: T): T {
    const { tf } = this;
    // Where all are 0, any step will do.
    const scale = tf.div(255, tf.maximum(tf.max(x, -1, true), 1e-30));
    return tf.div(tf.round(tf.mul(x, scale)), scale);
  }
}

/** @throws DeepInfantError `not-yamnet` */
function layersOf(tf: Tf, { tensors, operators }: TfliteGraph, file: string): Layers {
  const weighted = operators.filter(({ code }) => OPERATORS.includes(code));
  const isYamnet =
    weighted.map(({ code }) => code).join() === OPERATORS.join() &&
    tensors[weighted.at(-1)!.outputs[0]].shape.join() === `1,${TEACHER_CLASSES}`;
  if (!isYamnet) throw otherNetworkError(file);
  // Depthwise weights of 8 bits become float32 by an operator of their own.
  const origins = new Map(
    operators
      .filter(({ code }) => code === OPERATOR.dequantize)
      .map(({ inputs, outputs }) => [outputs[0], inputs[0]]),
  );
  const constant = (index: number, order: number[]): Tensor => {
    const { shape, values } = tensors[origins.get(index) ?? index];
    if (!values) throw otherNetworkError(file);
    return tf.tidy(() => tf.transpose(tf.tensor(values, shape), order));
  };
  const layer = ({ inputs: [, weights, bias] }: TfliteOperator, order: number[]) => ({
    weights: constant(weights, order),
    bias: bias < 0 ? undefined : (constant(bias, [0]) as Tensor1D),
  });
  const dense = (operator: TfliteOperator): Dense => layer(operator, [1, 0]) as Dense;
  const convolution = (operator: TfliteOperator): Convolution => {
    const [height, outHeight] = [operator.inputs[0], operator.outputs[0]].map(
      index => tensors[index].shape[1],
    );
    return { ...layer(operator, [1, 2, 3, 0]), stride: height / outHeight } as Convolution;
  };
  const [cosines, sines, mels, first, ...rest] = weighted;
  return {
    cosines: dense(cosines),
    sines: dense(sines),
    mels: dense(mels),
    first: convolution(first),
    separables: Array.from({ length: 13 }, (_, i) => ({
      depthwise: convolution(rest[2 * i]),
      pointwise: convolution(rest[2 * i + 1]),
    })),
    classes: dense(rest[26]),
  };
}

function otherNetworkError(file: string): DeepInfantError {
  return new DeepInfantError('not-yamnet', `${file} does not contain YAMNet. Give YAMNet's own file.`);
}

/**
 * Fills a frame with samples from `start` on (zeros behind the last one), times the Hann window, rounded to 255 steps
 * between the lowest and the highest of them.
 */
function fillFrame(frame: Float32Array, samples: Float32Array, start: number): void {
  let low = 0;
  let high = 0;
  for (let i = 0; i < FRAME && start + i < samples.length; i++) {
    frame[i] = samples[start + i] * HANN[i];
    low = Math.min(low, frame[i]);
    high = Math.max(high, frame[i]);
  }
  if (low === high) return;
  const scale = 255 / (high - low);
  // 0 is one of the steps.
  const lowest = Math.round(low * scale);
  for (let i = 0; i < FRAME; i++) {
    frame[i] = Math.max(lowest, Math.min(lowest + 255, Math.round(frame[i] * scale))) / scale;
  }
}
