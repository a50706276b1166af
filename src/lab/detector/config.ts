import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { check } from '../../check.js';
import { DeepInfantError, messageOf } from '../../errors.js';
import { CONVOLUTION_NAMES, FRAMES_PER_STEP } from '../../model/cry-net.js';
import type { Widths } from './network.js';

const POSITIVE = v.pipe(v.number(), v.finite(), v.gtValue(0, 'a number above 0'));
const NOT_NEGATIVE = v.pipe(v.number(), v.finite(), v.minValue(0));
const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const FOLDER_NAME = 'letters, digits, - and _ only';

const WIDTHS = v.object(
  Object.fromEntries(CONVOLUTION_NAMES.filter(name => name !== 'logits').map(name => [name, COUNT])),
) as unknown as v.GenericSchema<Widths>;

/** The order of the fields is also that of a run's `run.json`: a config in another order would be another run. */
const CONFIG = v.object({
  /** Name of the model, and of its folder. */
  name: v.pipe(v.string(), v.regex(/^[\w-]+$/, FOLDER_NAME)),
  seed: v.pipe(v.number(), v.safeInteger()),
  /** How the corpus is split (see splitOf); each fold is held out and measured once. */
  folds: v.union(
    [v.pipe(v.number(), v.safeInteger(), v.minValue(2)), v.literal('sources')],
    "a whole number of at least 2, or 'sources'",
  ),
  steps: COUNT,
  batch: COUNT,
  /** Length of a training crop in frames. */
  cropFrames: v.pipe(COUNT, v.multipleOf(FRAMES_PER_STEP, `a multiple of ${FRAMES_PER_STEP}`)),
  /**
   * Stops training when the network no longer improves on the next fold, which is then held out as well: its AUC there is
   * measured every `everySteps` steps, and may fail to rise `patience` times. Without it, all steps are made.
   */
  earlyStop: v.optional(v.object({ everySteps: COUNT, patience: COUNT })),
  /** Peak of the one-cycle schedule, and AdamW's decay. */
  learningRate: POSITIVE,
  weightDecay: NOT_NEGATIVE,
  dropout: v.pipe(NOT_NEGATIVE, v.ltValue(1, 'a share below 1')),
  /** How often a rival's clip is drawn, relative to a weight of 1, by sublabel, source or label: hard ones more often. */
  rivalWeights: v.record(v.string(), NOT_NEGATIVE),
  widths: WIDTHS,
  /** Hours of nights that each fold's network hears, to choose the other folds' thresholds. */
  nightHours: POSITIVE,
  /** Steps between checkpoints. */
  checkpointSteps: COUNT,
  /** What the data's licences ask a trained model to say. */
  notice: v.string(),
});

/** Everything that decides a training run, except the data; the same config and data give the same batches. */
export type TrainingConfig = v.InferOutput<typeof CONFIG>;

/**
 * @throws DeepInfantError `config` when the file cannot be read or is not JSON, `invalid` naming a field that is missing
 * or cannot be
 */
export async function readConfig(file: string): Promise<TrainingConfig> {
  let read: unknown;
  try {
    read = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new DeepInfantError(
      'config',
      `Cannot read the training config ${path.resolve(file)}: ${messageOf(error)}. Check its path, and that it is JSON.`,
    );
  }
  return check(CONFIG, read, `training config ${file}`);
}

/** Where a run's data are. */
export interface TrainingData {
  /** Folder of a corpus: see readCorpusFolder. */
  corpus: string;
  /** Folders of recordings for training only: never held out, never measured. */
  more: readonly string[];
  /** Folders with teachers' window scores (see Teacher); without any, only clip labels teach. */
  teacher: readonly string[];
}
