import type { Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { Random } from '../../maths/random.js';
import { DeepInfantError } from '../../errors.js';
import { CONVOLUTION_NAMES, CONVOLUTIONS, cryNet, type ConvolutionName } from '../../model/cry-net.js';
import type { Tf } from '../training/tf.js';
import type { NamedWeights } from '../../model/weights.js';
import { LABELS } from '../../values.js';
import { BatchNorm, heNormal, relu } from '../training/layers.js';
import { convolveTensor, tensorOperations } from '../training/operations.js';

/** The network's input: levels below rounding noise are equal, the rest has about zero mean and unit spread. */
export const SCALING = { floorDb: -70, meanDb: -40, stdDb: 20 };

/** Output channels of each convolution; the logits' are the labels. */
export type Widths = Record<Exclude<ConvolutionName, 'logits'>, number>;

/** Shape of a convolution's kernel: [frames, mels, inputs, outputs]. */
function kernelShape(
  name: ConvolutionName,
  widths: Widths,
  labels: number,
): [frames: number, mels: number, inputs: number, outputs: number] {
  const [frames, mels] = CONVOLUTIONS[name].kernel;
  const inputs: Record<ConvolutionName, number> = {
    conv1: 1,
    conv2: widths.conv1,
    conv3: widths.conv2,
    conv4: widths.conv3,
    residual1: widths.conv4,
    residual2: widths.residual1,
    conv5: widths.conv4,
    embedding: 2 * widths.conv5,
    context1: widths.embedding,
    context2: widths.context1,
    logits: widths.embedding + widths.context1 + widths.context2,
  };
  return [frames, mels, inputs[name], name === 'logits' ? labels : widths[name]];
}

/** Names and shapes of the weights that a network of these widths ships, in the order of its weights file. */
export function shippedTensors(widths: Widths): { name: string; shape: number[] }[] {
  return CONVOLUTION_NAMES.flatMap(name => {
    const shape = kernelShape(name, widths, LABELS.length);
    return [
      { name: `${name}/kernel`, shape },
      { name: `${name}/bias`, shape: [shape[3]] },
    ];
  });
}

/** Weights of one convolution as they are shipped: batch normalisation folded into kernel and bias. */
export interface FoldedConvolution {
  name: ConvolutionName;
  kernel: Tensor4D;
  bias: Tensor1D;
}

/**
 * CryNet with what training needs on top: batch normalisation, dropout before the logits, and a second head that
 * learns the teacher's classes, so that the body learns sounds and not recordings' sources. Variables by name in `variables`;
 * those under `norm/.../mean` and `variance` are running averages that no gradient reaches.
 */
export class TrainableCryNet {
  readonly variables = new Map<string, Variable>();
  private readonly norms = new Map<ConvolutionName, BatchNorm>();
  private readonly tf: Tf;

  constructor(tf: Tf, widths: Widths, labels: number, teacherClasses: number, seed: number) {
    this.tf = tf;
    const random = new Random(seed);
    for (const name of CONVOLUTION_NAMES) {
      const shape = kernelShape(name, widths, labels);
      const outputs = shape[3];
      this.add(`${name}/kernel`, heNormal(tf, random, shape));
      if (name === 'logits') this.add('logits/bias', tf.zeros([labels]));
      else {
        const norm = new BatchNorm(tf, outputs);
        this.norms.set(name, norm);
        for (const [part, variable] of Object.entries(norm.variables))
          this.variables.set(`${name}/${part}`, variable);
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
    const operations = tensorOperations<ConvolutionName>(tf, (name, input, activation) => {
      const seen = name === 'logits' ? (tf.dropout(input, dropout, undefined, seed) as Tensor4D) : input;
      const kernel = this.get(`${name}/kernel`) as unknown as Tensor4D;
      const y = convolveTensor(tf, seen, kernel, CONVOLUTIONS[name]);
      if (name === 'logits') return tf.add<Tensor4D>(y, this.get('logits/bias'));
      const normalised = this.norms.get(name)!.apply(y);
      return activation === 'relu' ? relu(tf, normalised) : normalised;
    });
    const { embedding, logits } = cryNet(x, operations);
    const flat = (t: Tensor4D): Tensor => tf.squeeze(t, [2]);
    if (!this.variables.has('teacher/kernel')) return { logits: flat(logits) };
    const dropped = tf.dropout(embedding, dropout, undefined, seed + 1) as Tensor4D;
    const teacher = tf.add<Tensor4D>(
      tf.conv2d(dropped, this.get('teacher/kernel') as unknown as Tensor4D, [1, 1], 'valid'),
      this.get('teacher/bias'),
    );
    return { logits: flat(logits), teacher: flat(teacher) };
  }

  /**
   * Loads the weights of a model to fine-tune it: normalisation stays as the model has it.
   * @throws DeepInfantError `widths` if the model's layers have other widths
   */
  load(weights: readonly NamedWeights[]): void {
    const { tf } = this;
    for (const { name, shape, values } of weights) {
      const [layer, part] = name.split('/') as [ConvolutionName, string];
      const variable = this.variables.get(part === 'bias' && layer !== 'logits' ? `${layer}/beta` : name);
      if (variable?.shape.join() !== shape.join()) {
        const inConfig = variable?.shape.join(' x ') ?? 'none';
        throw new DeepInfantError(
          'widths',
          `${name} has the shape ${shape.join(' x ')} in the model and ${inConfig} in the config. ` +
            "Copy the model's widths into the config.",
        );
      }
      if (part === 'bias' && layer !== 'logits') this.norms.get(layer)!.freeze(values);
      else
        tf.tidy(() => {
          variable.assign(tf.tensor(values, shape));
        });
    }
  }

  /** The weights to ship, with batch normalisation's running statistics folded in. The caller disposes them. */
  foldedConvolutions(): FoldedConvolution[] {
    const tf = this.tf;
    return CONVOLUTION_NAMES.map(name => {
      const kernel = this.get(`${name}/kernel`) as unknown as Tensor4D;
      if (name === 'logits') {
        return { name, kernel: tf.clone(kernel), bias: tf.clone(this.get('logits/bias')) as Tensor1D };
      }
      return { name, ...this.norms.get(name)!.fold(kernel) };
    });
  }

  private get(name: string): Variable {
    return this.variables.get(name)!;
  }

  private add(name: string, initial: Tensor): void {
    this.variables.set(name, this.tf.variable(initial));
    initial.dispose();
  }
}
