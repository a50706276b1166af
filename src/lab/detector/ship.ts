import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isCry, plattCalibration } from '../evaluation/metrics.js';
import { SEED_FRONT_END } from '../../features/front-end.js';
import { logit } from '../../model/calibration.js';
import { FRAMES_PER_STEP } from '../../model/cry-net.js';
import { readModel } from '../../model/load.js';
import { READINGS, type ModelManifest, type Reading } from '../../model/manifest.js';
import { packWeights, sha256, type NamedWeights } from '../../model/weights.js';
import { LABELS } from '../../values.js';
import { noticeOf } from '../corpus/notice.js';
import { writeAtomically } from '../../files/write-atomically.js';
import type { TrainingConfig } from './config.js';
import type { TrainingCorpus } from './training-corpus.js';
import type { HeldOut } from './measure.js';
import { SCALING, type TrainableCryNet } from './network.js';
import { chooseThresholds } from './thresholds.js';

/** Frames from one step to the next, and of what its score speaks of: 0.975 s; fixed windows overlap by half. */
const READ_FRAMES: Record<Reading, { hopFrames: number; windowFrames: number }> = {
  flexible: { hopFrames: FRAMES_PER_STEP, windowFrames: 28 },
  fixed: { hopFrames: 15, windowFrames: 27 },
};

/** A trained network's weights as they are shipped. */
export function foldedWeights(network: TrainableCryNet): NamedWeights[] {
  return network.folded().flatMap(({ name, kernel, bias }) => {
    const weights = [
      { name: `${name}/kernel`, shape: kernel.shape, values: kernel.dataSync<'float32'>() },
      { name: `${name}/bias`, shape: bias.shape, values: bias.dataSync<'float32'>() },
    ];
    kernel.dispose();
    bias.dispose();
    return weights;
  });
}

/** A manifest without calibration and measurements. */
export function draftManifest(
  name: string,
  tensors: ModelManifest['weights']['tensors'],
  reading: Reading = 'flexible',
): ModelManifest {
  return {
    format: 1,
    name,
    version: '1.0.0',
    licence: 'Apache-2.0',
    frontEnd: SEED_FRONT_END,
    scaling: SCALING,
    reading,
    ...READ_FRAMES[reading],
    labels: LABELS,
    embeddingSize: tensors.find(tensor => tensor.name === 'embedding/bias')!.shape[0],
    calibration: { a: 1, b: 0 },
    presets: chooseThresholds({ a: 1, b: 0 }, [0], []),
    weights: {
      file: 'weights.bin',
      sha256: '',
      tensors: tensors.map(({ name, shape }) => ({ name, shape })),
    },
    training: { dataSha256: '', groups: '', seed: 0, notice: '' },
  };
}

/** Name of a model's reading: the flexible one bears the model's own. */
export function modelName(name: string, reading: Reading): string {
  return reading === 'flexible' ? name : `${name}-${reading}`;
}

/** Writes a trained network as models that can be run, one a reading, both of the same weights, not calibrated yet. */
export async function writeModels(
  folder: string,
  weights: NamedWeights[],
  config: TrainingConfig,
  corpus: TrainingCorpus,
  keptOut: string,
): Promise<void> {
  const packed = packWeights(weights);
  const { name, seed, notice } = config;
  for (const reading of READINGS) {
    const manifest = draftManifest(modelName(name, reading), weights, reading);
    manifest.weights.sha256 = sha256(packed);
    manifest.training = { dataSha256: corpus.sha256, groups: keptOut, seed, notice };
    const model = path.join(folder, manifest.name);
    await mkdir(model, { recursive: true });
    if (reading === 'flexible') {
      await writeAtomically(path.join(model, manifest.weights.file), packed);
      const recordings = [...corpus.recordings, ...corpus.more];
      await writeAtomically(path.join(model, 'NOTICE'), noticeOf(notice, recordings));
    } else manifest.weights.file = `../${name}/${manifest.weights.file}`;
    await writeManifest(model, manifest);
  }
}

/** Gives a model its calibration and thresholds, from what was said of recordings that were not learned from. */
export async function calibrateModel(
  folder: string,
  heldOut: readonly HeldOut[],
  corpus: TrainingCorpus,
): Promise<void> {
  const { manifest } = await readModel(folder);
  const sure = heldOut.flatMap(({ scores }) => scores).filter(({ path }) => !corpus.doubtful.has(path));
  const logits = (wanted: boolean): number[] =>
    sure.filter(recording => isCry(recording) === wanted).map(({ score }) => logit(score));
  manifest.calibration = plattCalibration(logits(true), logits(false));
  const nights = heldOut.flatMap(one => one.nights);
  manifest.presets = chooseThresholds(manifest.calibration, logits(false), nights);
  await writeManifest(folder, manifest);
}

function writeManifest(folder: string, manifest: ModelManifest): Promise<void> {
  return writeAtomically(path.join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
