import path from 'node:path';
import type { Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { DeepInfantError } from '../../errors.js';
import type { Tf } from '../training/tf.js';
import { Batches, openExamples, type Batch, type Material } from './batches.js';
import { loadCheckpoint, saveCheckpoint } from '../training/checkpoint.js';
import type { TrainingConfig } from './config.js';
import { TrainingLog } from './training-log.js';
import { lossOf, targetsOf, teacherSpread, type TeacherSpread } from './loss.js';
import { SCALING, type TrainableCryNet } from './network.js';
import { AdamW, oneCycle } from '../training/adam-w.js';
import type { Progress } from '../training/progress.js';

/** Weights are averaged after a third of the run: over all steps since then, but at most about the last 1 / 0.005. */
const AVERAGE_RATE = 0.005;

/** Measures the network in its current state: its AUC on recordings that it does not learn from. */
export type Validation = () => Promise<number>;

/**
 * Trains `network` to the averaged weights of the last two thirds of the run or, if it is validated, to the best of these
 * averages. Writes to `folder`: `log.csv` (step, running loss, learning rate, AUC if measured), `curves.svg`, and
 * `checkpoint.bin`, from which a stopped run resumes.
 * @throws DeepInfantError `diverged` when the loss is no number any more
 */
export async function trainNetwork(
  tf: Tf,
  network: TrainableCryNet,
  material: Material,
  config: TrainingConfig,
  folder: string,
  onProgress: (progress: Progress) => void,
  validate?: Validation,
): Promise<void> {
  const { batch: size, cropFrames: frames, seed, steps, learningRate, weightDecay, earlyStop } = config;
  const examples = openExamples(material, frames);
  const spread = teacherSpread(examples.teacherRows(), examples.classes);
  const adam = new AdamW(tf, network.variables, weightDecay);
  const averages = new Map<string, Variable>();
  for (const [name, variable] of network.variables)
    averages.set(`average/${name}`, tf.variable(variable, false));
  const everything = new Map([...network.variables, ...adam.moments, ...averages]);
  const checkpoint = path.join(folder, 'checkpoint.bin');
  const best = path.join(folder, 'best.bin');
  const averageFrom = Math.floor(steps / 3);
  const from = await loadCheckpoint(tf, checkpoint, everything);
  const log = await TrainingLog.read(folder, from);
  const batches = Batches.open({ material, batch: size, frames, seed });
  try {
    for (let step = from; step < steps && !hasStopped(log, earlyStop?.patience); step++) {
      const batch = await batches.take(step);
      const rate = oneCycle(step, steps, learningRate);
      const loss = trainStep(tf, network, adam, batch, config, step, rate, spread);
      if (!Number.isFinite(loss))
        throw new DeepInfantError(
          'diverged',
          `The loss of step ${step + 1} is ${loss}: training in ${folder} has diverged. Set a lower learningRate in the config, and delete the folder.`,
        );
      log.recordStep(step + 1, loss, rate);
      tf.tidy(() => {
        for (const [name, variable] of network.variables) {
          const average = averages.get(`average/${name}`)!;
          const rate = step < averageFrom ? 1 : Math.max(AVERAGE_RATE, 1 / (step - averageFrom + 2));
          average.assign(tf.add(tf.mul(average, 1 - rate), tf.mul(variable, rate)));
        }
      });
      onProgress({ phase: 'training', done: step + 1, total: steps, loss: log.loss });
      const isLast = step + 1 === steps;
      const isValidated = validate && earlyStop && ((step + 1) % earlyStop.everySteps === 0 || isLast);
      if (isValidated) {
        const auc = await withValues(network.variables, averages, validate);
        if (log.recordValidation(step + 1, auc)) await saveCheckpoint(best, step + 1, averages);
      }
      if (isValidated || (step + 1) % config.checkpointSteps === 0 || isLast) {
        await log.write();
        await saveCheckpoint(checkpoint, step + 1, everything);
      }
    }
    await loadCheckpoint(tf, best, averages);
    for (const [name, variable] of network.variables) variable.assign(averages.get(`average/${name}`)!);
  } finally {
    await batches.close();
  }
}

function hasStopped(log: TrainingLog, patience = Infinity): boolean {
  return log.validationsSinceBest >= patience;
}

/** Runs `work` while the variables have the values of their averages. */
async function withValues<T>(
  variables: ReadonlyMap<string, Variable>,
  averages: ReadonlyMap<string, Variable>,
  work: () => Promise<T>,
): Promise<T> {
  const held = new Map([...variables].map(([name, variable]) => [name, variable.clone()]));
  for (const [name, variable] of variables) variable.assign(averages.get(`average/${name}`)!);
  try {
    return await work();
  } finally {
    for (const [name, variable] of variables) {
      variable.assign(held.get(name)!);
      held.get(name)!.dispose();
    }
  }
}

/** One step of training. @returns the batch's loss */
export function trainStep(
  tf: Tf,
  network: TrainableCryNet,
  adam: AdamW,
  batch: Batch,
  config: TrainingConfig,
  step: number,
  rate: number,
  spread: TeacherSpread,
): number {
  const { batch: size, cropFrames } = config;
  const mels = batch.mel.length / size / cropFrames;
  const targets = targetsOf(tf, batch, size);
  const x = tf.tidy(() => scaledInput(tf, tf.tensor4d(batch.mel, [size, cropFrames, mels, 1])));
  const loss = adam.minimise(
    () => {
      const { logits, teacher } = network.forward(x, config.dropout, 2 * step);
      return lossOf(tf, logits as Tensor3D, teacher, targets, spread);
    },
    rate,
    step + 1,
  );
  tf.dispose([x, Object.values(targets)]);
  return loss;
}

function scaledInput(tf: Tf, melDb: Tensor4D): Tensor4D {
  return tf.div(tf.sub(tf.maximum(melDb, SCALING.floorDb), SCALING.meanDb), SCALING.stdDb);
}
