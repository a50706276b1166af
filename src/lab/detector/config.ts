import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../../errors.js';
import type { Widths } from './network.js';

/** Everything but the data that decides a training run; the same config and data give the same batches. */
export interface TrainingConfig {
  /** Name of the model that is made. */
  name: string;
  seed: number;
  /** The corpus is cut into this many grouped folds, each kept out and measured once. */
  folds: number;
  steps: number;
  batch: number;
  /** Length of a training crop in frames, a multiple of FRAMES_PER_STEP. */
  cropFrames: number;
  /**
   * Stops a network that no longer gets better on the next fold, which is then kept out as well: its AUC there is
   * measured every so many steps, and may fail to rise so many times. Without it all steps are made.
   */
  earlyStop?: { everySteps: number; patience: number };
  /** Peak of the one-cycle schedule, and AdamW's decay. */
  learningRate: number;
  weightDecay: number;
  dropout: number;
  /** How often a rival's clip is drawn against one of weight 1, by sublabel or else by label: hard ones more. */
  rivalWeights: Record<string, number>;
  widths: Widths;
  /** Hours of nights that each fold's network hears, for the thresholds of the others. */
  nightHours: number;
  /** Steps between checkpoints. */
  checkpointSteps: number;
  /** What the data's licences ask a trained model to say. */
  notice: string;
}

/** @throws DeepInfantError `config` when the file cannot be read or is not JSON */
export async function readConfig(file: string): Promise<TrainingConfig> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as TrainingConfig;
  } catch (error) {
    throw new DeepInfantError(
      'config',
      `Cannot read the training config ${path.resolve(file)}: ${messageOf(error)}`,
    );
  }
}

/** Where a run's data are. */
export interface TrainingData {
  /** Folder with a manifest.csv. */
  corpus: string;
  /** Folders of recordings that are only learned from: never kept out, never measured. */
  more: readonly string[];
  /** Folders with a teacher's window scores (see Teacher); without any only clip labels teach. */
  teacher: readonly string[];
}
