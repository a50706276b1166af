import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isCry, plattCalibration } from '../evaluation/metrics.js';
import { SEED_FRONT_END } from '../../features/front-end.js';
import { manifestText } from '../../model/manifest-text.js';
import { logit } from '../../model/calibration.js';
import { FRAMES_PER_STEP } from '../../model/cry-net.js';
import {
  PRESETS,
  type ModelManifest,
  type Preset,
  type PresetThresholds,
  type Reading,
} from '../../model/manifest.js';
import { sha256, type NamedWeights } from '../../model/weights.js';
import { LABELS } from '../../values.js';
import { writeAtomically } from '../../files/write-atomically.js';
import type { TrainingCorpus } from './training-corpus.js';
import type { HeldOut } from './measure.js';
import { SCALING, type TrainableCryNet } from './network.js';
import { chooseThresholds } from './thresholds.js';

/** Frames from one step to the next, and frames that a score covers: 0.975 s. Fixed windows overlap by half. */
const READ_FRAMES: Record<Reading, { hopFrames: number; windowFrames: number }> = {
  flexible: { hopFrames: FRAMES_PER_STEP, windowFrames: 28 },
  fixed: { hopFrames: 15, windowFrames: 27 },
};

/** What a network's thresholds are before they are chosen: no number, so that nothing can be reported with them. */
const UNCHOSEN: PresetThresholds = {
  odds: NaN,
  clip: NaN,
  promise: { falseAlarmsPerNight: NaN, clipFalseAlarmRate: NaN },
};

/** What turns a network's scores into cries. */
export type ScoreReading = Pick<ModelManifest, 'calibration' | 'presets'>;

/** A trained network's weights as they are shipped. */
export function foldedWeights(network: TrainableCryNet): NamedWeights[] {
  return network.foldedConvolutions().flatMap(({ name, kernel, bias }) => {
    const weights = [
      { name: `${name}/kernel`, shape: kernel.shape, values: kernel.dataSync<'float32'>() },
      { name: `${name}/bias`, shape: bias.shape, values: bias.dataSync<'float32'>() },
    ];
    kernel.dispose();
    bias.dispose();
    return weights;
  });
}

/**
 * The manifest of a network that is not calibrated yet: enough to score with it in memory. Its thresholds are NaN, so it
 * cannot be written as a model's.
 */
export function draftManifest(
  name: string,
  tensors: ModelManifest['weights']['tensors'],
  reading: Reading = 'flexible',
): ModelManifest {
  return {
    format: 1,
    name,
    version: '2.0.0',
    licence: 'Apache-2.0',
    frontEnd: SEED_FRONT_END,
    scaling: SCALING,
    reading,
    ...READ_FRAMES[reading],
    labels: LABELS,
    embeddingSize: tensors.find(tensor => tensor.name === 'embedding/bias')!.shape[0],
    calibration: { a: 1, b: 0 },
    presets: Object.fromEntries(PRESETS.map(preset => [preset, UNCHOSEN])) as Record<
      Preset,
      PresetThresholds
    >,
    weights: {
      file: 'weights.bin',
      sha256: '',
      tensors: tensors.map(({ name, shape }) => ({ name, shape })),
    },
    training: { dataSha256: '', groups: '', seed: 0, notice: '' },
  };
}

/** Name of a reading of a model: the flexible reading has the model's own name. */
export function modelName(name: string, reading: Reading): string {
  return reading === 'flexible' ? name : `${name}-${reading}`;
}

/**
 * Calibration and thresholds from held-out scores of networks that were trained in the same way, on much the same
 * recordings: networks of other recordings score on another scale. Recordings with a doubtful label do not count.
 */
export function scoreReadingOf(heldOut: readonly HeldOut[], corpus: TrainingCorpus): ScoreReading {
  const logits = (wanted: boolean): number[] =>
    heldOut
      .flatMap(({ scores }) => scores)
      .filter(recording => !corpus.doubtful.has(recording.path) && isCry(recording) === wanted)
      .map(({ score }) => logit(score));
  const others = logits(false);
  const calibration = plattCalibration(logits(true), others);
  const presets = chooseThresholds(
    calibration,
    others,
    heldOut.flatMap(({ nights }) => nights),
  );
  return { calibration, presets };
}

/** A trained network, and how it was trained. */
export interface TrainedNetwork {
  /** Of the model; its readings are named after it. */
  name: string;
  /** See packWeights. */
  weights: Uint8Array;
  tensors: ModelManifest['weights']['tensors'];
  training: ModelManifest['training'];
}

/**
 * Writes the manifest of a network in one reading, which makes its folder a model. The weights lie in the folder of the
 * flexible reading, which all readings share.
 * @param folder that holds the folder of each reading
 */
export async function writeManifest(
  folder: string,
  { name, weights, tensors, training }: TrainedNetwork,
  reading: Reading,
  scoreReading: ScoreReading,
): Promise<void> {
  const draft = draftManifest(modelName(name, reading), tensors, reading);
  const file = reading === 'flexible' ? draft.weights.file : `../${name}/${draft.weights.file}`;
  const manifest: ModelManifest = {
    ...draft,
    ...scoreReading,
    weights: { ...draft.weights, file, sha256: sha256(weights) },
    training,
  };
  const model = path.join(folder, manifest.name);
  await mkdir(model, { recursive: true });
  await writeAtomically(path.join(model, 'manifest.json'), manifestText(manifest));
}
