import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Tf } from '../model/tf.js';
import type { Clip } from './augment.js';
import { Batches, type Batch } from './batches.js';
import { loadCheckpoint, saveCheckpoint, writeAtomically } from './checkpoint.js';
import type { TrainingConfig } from './config.js';
import { lossOf, targetsOf, teacherSpread, type TeacherSpread } from './loss.js';
import type { TrainableCryNet } from './network.js';
import { AdamW, oneCycle } from './optimiser.js';
import { SCALING } from './ship.js';
import type { Progress } from './train.js';

/** Weights are averaged from a third of the run on: over all steps since then, at most over about the last 1 / 0.005. */
const AVERAGE_RATE = 0.005;
const STEPS_PER_LOG_LINE = 25;

/**
 * Trains `network` to the averaged weights of the last two thirds of the run; in `folder` `log.csv` (step and running
 * loss) and `checkpoint.bin`, from which a stopped run goes on.
 */
export async function optimise(
  tf: Tf,
  network: TrainableCryNet,
  clips: Clip[],
  config: TrainingConfig,
  folder: string,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const spread = teacherSpread(clips.flatMap(({ teacher }) => teacher ?? []));
  const batches = new Batches({
    clips,
    batch: config.batch,
    frames: config.cropFrames,
    seed: config.seed,
  });
  try {
    const optimiser = new AdamW(tf, network.variables, config.weightDecay);
    const averages = new Map<string, Variable>();
    for (const [name, variable] of network.variables)
      averages.set(`average/${name}`, tf.variable(variable, false));
    const everything = new Map([...network.variables, ...optimiser.moments, ...averages]);
    const checkpoint = path.join(folder, 'checkpoint.bin');
    const averageFrom = Math.floor(config.steps / 3);
    const from = await loadCheckpoint(tf, checkpoint, everything);
    const logFile = path.join(folder, 'log.csv');
    const log = from > 0 ? await readFile(logFile, 'utf8') : '';
    const lines = log.split('\n').slice(0, Math.floor(from / STEPS_PER_LOG_LINE));
    let loss = NaN;
    for (let step = from; step < config.steps; step++) {
      const batch = await batches.take(step);
      const value = trainStep(tf, network, optimiser, batch, config, step, spread);
      loss = Number.isNaN(loss) ? value : 0.98 * loss + 0.02 * value;
      tf.tidy(() => {
        for (const [name, variable] of network.variables) {
          const average = averages.get(`average/${name}`)!;
          const rate = step < averageFrom ? 1 : Math.max(AVERAGE_RATE, 1 / (step - averageFrom + 2));
          average.assign(tf.add(tf.mul(average, 1 - rate), tf.mul(variable, rate)));
        }
      });
      onProgress({ phase: 'training', done: step + 1, total: config.steps, loss });
      if ((step + 1) % STEPS_PER_LOG_LINE === 0) lines.push(`${step + 1},${loss.toFixed(4)}`);
      if ((step + 1) % config.checkpointSteps === 0 || step + 1 === config.steps) {
        await writeAtomically(logFile, lines.join('\n'));
        await saveCheckpoint(checkpoint, step + 1, everything);
      }
    }
    for (const [name, variable] of network.variables) variable.assign(averages.get(`average/${name}`)!);
  } finally {
    await batches.close();
  }
}

function trainStep(
  tf: Tf,
  network: TrainableCryNet,
  optimiser: AdamW,
  batch: Batch,
  config: TrainingConfig,
  step: number,
  spread: TeacherSpread,
): number {
  const { batch: size, cropFrames } = config;
  const mels = batch.mel.length / size / cropFrames;
  const targets = targetsOf(tf, batch, size, spread);
  const x = tf.tidy(() => scaledInput(tf, tf.tensor4d(batch.mel, [size, cropFrames, mels, 1])));
  const loss = optimiser.minimise(
    () => {
      const { logits, teacher } = network.forward(x, config.dropout, 2 * step);
      return lossOf(tf, logits as Tensor3D, teacher, targets, spread);
    },
    oneCycle(step, config.steps, config.learningRate),
    step + 1,
  );
  tf.dispose([x, Object.values(targets)]);
  return loss;
}

function scaledInput(tf: Tf, melDb: Tensor4D): Tensor4D {
  return tf.div(tf.sub(tf.maximum(melDb, SCALING.floorDb), SCALING.meanDb), SCALING.stdDb);
}
