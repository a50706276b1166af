import type { Scalar, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { Random } from '../../maths/random.js';
import { SEED_FRONT_END } from '../../features/front-end.js';
import {
  mel7s,
  MEL7S_CONVOLUTIONS,
  MEL7S_NAMES,
  MEL7S_REASONS,
  MEL7S_SCALING,
  PICTURE_FRAMES,
  type Mel7sConvolution,
} from '../../model/mel7s.js';
import type { Tf } from '../training/tf.js';
import type { NamedWeights } from '../../model/weights.js';
import { BatchNorm, heNormal, relu } from '../training/layers.js';
import { AdamW, oneCycle } from '../training/adam-w.js';
import { convolveTensor, tensorOperations } from '../training/operations.js';

/** How mel7s is trained, with plain cross-entropy like the seed. */
export interface Mel7sTraining {
  steps: number;
  batch: number;
  /** Peak of the one-cycle schedule, and AdamW's decay. */
  learningRate: number;
  weightDecay: number;
  dropout: number;
}

/** A recording to learn from: see mel7sPicture. */
export interface Mel7sExample {
  picture: Float32Array;
  /** Index of MEL7S_REASONS. */
  reason: number;
}

/** mel7s with batch normalisation and dropout before the logits. */
class TrainableMel7s {
  readonly variables = new Map<string, Variable>();
  private readonly norms = new Map<Mel7sConvolution, BatchNorm>();
  private readonly tf: Tf;

  constructor(tf: Tf, seed: number) {
    this.tf = tf;
    const random = new Random(seed);
    for (const name of MEL7S_NAMES) {
      const { shape } = MEL7S_CONVOLUTIONS[name];
      this.variables.set(
        `${name}/kernel`,
        tf.tidy(() => tf.variable(heNormal(tf, random, shape))),
      );
      if (name === 'logits') {
        this.variables.set(
          'logits/bias',
          tf.tidy(() => tf.variable(tf.zeros([MEL7S_REASONS.length]))),
        );
        continue;
      }
      const norm = new BatchNorm(tf, shape[3]);
      this.norms.set(name, norm);
      for (const [part, variable] of Object.entries(norm.variables))
        this.variables.set(`${name}/${part}`, variable);
    }
  }

  /** Forward pass by the batch's statistics; dropout from `seed`. @returns logits [clips, reasons] */
  forward(x: Tensor4D, dropout: number, seed: number): Tensor2D {
    const tf = this.tf;
    const operations = tensorOperations<Mel7sConvolution>(tf, (name, input, activation) => {
      const kernel = this.variables.get(`${name}/kernel`) as unknown as Tensor4D;
      const norm = this.norms.get(name);
      const seen = norm ? input : (tf.dropout(input, dropout, undefined, seed) as Tensor4D);
      const y = convolveTensor(tf, seen, kernel, MEL7S_CONVOLUTIONS[name]);
      if (!norm) return tf.add(y, this.variables.get('logits/bias')!);
      return activation === 'relu' ? relu(tf, norm.apply(y)) : norm.apply(y);
    });
    return tf.squeeze(mel7s(x, operations), [1, 2]);
  }

  /** The weights to ship, with batch normalisation folded in. */
  foldedWeights(): NamedWeights[] {
    return MEL7S_NAMES.flatMap(name => {
      const kernel = this.variables.get(`${name}/kernel`) as unknown as Tensor4D;
      const bias = this.variables.get('logits/bias') as unknown as Tensor1D;
      const folded = this.tf.tidy(() => {
        const tensors = this.norms.get(name)?.fold(kernel) ?? { kernel, bias };
        return Object.entries(tensors).map(([part, tensor]) => ({
          name: `${name}/${part}`,
          shape: tensor.shape,
          values: tensor.dataSync<'float32'>().slice(),
        }));
      });
      return folded;
    });
  }

  dispose(): void {
    this.tf.dispose([...this.variables.values()]);
  }
}

/**
 * Trains mel7s on all examples in shuffled order, over and over; on a random part of a recording longer than 7 s.
 * @param onStep receives the loss of each step; may throw to stop
 * @returns the weights to ship; the same seed gives the same ones on the same backend
 */
export async function trainMel7s(
  tf: Tf,
  examples: readonly Mel7sExample[],
  training: Mel7sTraining,
  seed: number,
  onStep: (loss: number) => void,
): Promise<NamedWeights[]> {
  const network = new TrainableMel7s(tf, seed);
  const adam = new AdamW(tf, network.variables, training.weightDecay);
  const random = new Random(seed);
  const batchSize = Math.min(training.batch, examples.length);
  let waiting: Mel7sExample[] = [];
  try {
    for (let step = 0; step < training.steps; step++) {
      while (waiting.length < batchSize) waiting = [...waiting, ...shuffle(examples, random)];
      const batch = waiting.splice(0, batchSize);
      const [x, targets] = tf.tidy(() => [
        mel7sInput(
          tf,
          batch.map(({ picture }) => ({ picture, from: randomFrame(picture, random) })),
        ),
        tf.oneHot(
          batch.map(({ reason }) => reason),
          MEL7S_REASONS.length,
        ),
      ]);
      const loss = (): Scalar => {
        const logits = network.forward(x, training.dropout, step);
        return tf.losses.softmaxCrossEntropy(targets, logits);
      };
      const rate = oneCycle(step, training.steps, training.learningRate);
      const value = adam.minimise(loss, rate, step + 1);
      tf.dispose([x, targets]);
      onStep(value);
      // Lets a signal through.
      await new Promise(setImmediate);
    }
    return network.foldedWeights();
  } finally {
    network.dispose();
    tf.dispose([...adam.moments.values()]);
  }
}

/** Scaled input [clips, PICTURE_FRAMES, mels, 1] of PICTURE_FRAMES frames of each picture, from a frame on. */
function mel7sInput(tf: Tf, pictures: readonly { picture: Float32Array; from: number }[]): Tensor4D {
  const { floorDb, meanDb, stdDb } = MEL7S_SCALING;
  const { mels } = SEED_FRONT_END;
  const size = PICTURE_FRAMES * mels;
  const input = new Float32Array(pictures.length * size);
  pictures.forEach(({ picture, from }, clip) => {
    for (let i = 0; i < size; i++)
      input[clip * size + i] = (Math.max(floorDb, picture[from * mels + i]) - meanDb) / stdDb;
  });
  return tf.tensor4d(input, [pictures.length, PICTURE_FRAMES, mels, 1]);
}

function randomFrame(picture: Float32Array, random: Random): number {
  return random.integer(picture.length / SEED_FRONT_END.mels - PICTURE_FRAMES + 1);
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  return items
    .map(item => ({ item, at: random.uniform() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
