import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { plattCalibration, thresholdAt } from '../evaluation/metrics.js';
import { SEED_FRONT_END } from '../features/log-mel.js';
import { calibrated } from '../model/calibration.js';
import { FRAMES_PER_STEP } from '../model/cry-net.js';
import { PRESETS, type ModelManifest } from '../model/manifest.js';
import { sha256, type NamedWeights } from '../model/weights.js';
import { LABELS } from '../values.js';
import { writeAtomically } from './checkpoint.js';
import type { TrainingConfig } from './config.js';
import type { TrainableCryNet } from './network.js';
import type { Corpus, HeldOutScore } from './train.js';

/** The network's input: what is below rounding noise is equal, the rest about zero mean and unit spread. */
export const SCALING = { floorDb: -70, meanDb: -40, stdDb: 20 };
/** Frames of the teacher's window (0.975 s), rounded up: what a step's score speaks of. */
const WINDOW_FRAMES = 28;
/** Share of other recordings that each preset lets through, and the offset threshold's share of the onset's. */
const PRESET_FALSE_ALARMS = { careful: 0.002, balanced: 0.005, sensitive: 0.02 };
const OFFSET_SHARE = 0.5;

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
export function draftManifest(name: string, tensors: ModelManifest['weights']['tensors']): ModelManifest {
  const presets = { careful: 0.9, balanced: 0.7, sensitive: 0.5 };
  return {
    format: 1,
    name,
    version: '1.0.0',
    licence: 'Apache-2.0',
    frontEnd: SEED_FRONT_END,
    scaling: SCALING,
    hopFrames: FRAMES_PER_STEP,
    windowFrames: WINDOW_FRAMES,
    labels: LABELS,
    embeddingSize: tensors.find(tensor => tensor.name === 'embedding/bias')!.shape[0],
    calibration: { a: 1, b: 0 },
    presets: Object.fromEntries(
      Object.entries(presets).map(([preset, onset]) => [preset, { onset, offset: OFFSET_SHARE * onset }]),
    ) as ModelManifest['presets'],
    weights: {
      file: 'weights.bin',
      sha256: '',
      tensors: tensors.map(({ name, shape }) => ({ name, shape })),
    },
    training: { dataSha256: '', groups: '', seed: 0, notice: '' },
  };
}

/**
 * Writes the model of one fold as it is shipped. Calibration and thresholds come from the other folds' held-out scores,
 * of networks that did not see them either, so that the shipped fold stays untouched for measuring.
 */
export async function shipModel(
  config: TrainingConfig,
  corpus: Corpus,
  foldFolder: string,
  calibrationScores: readonly HeldOutScore[],
  modelFolder: string,
): Promise<ModelManifest> {
  const checkpointWeights = await readFile(path.join(foldFolder, 'weights.bin'));
  const tensors = JSON.parse(await readFile(path.join(foldFolder, 'tensors.json'), 'utf8')) as {
    name: string;
    shape: number[];
  }[];
  const manifest = draftManifest(config.name, tensors);
  manifest.weights.sha256 = sha256(checkpointWeights);
  manifest.training = {
    dataSha256: corpus.sha256,
    groups: `grouped fold ${config.shippedFold} of ${config.folds} (seed ${config.seed}) was kept out`,
    seed: config.seed,
    notice: config.notice,
  };
  if (calibrationScores.length > 0) {
    const logit = (p: number): number => Math.log((p + 1e-7) / (1 - p + 1e-7));
    const sure = calibrationScores.filter(s => !corpus.doubtful.has(s.path));
    const cries = sure.filter(s => s.label === 'cry').map(s => logit(s.score));
    const others = sure.filter(s => s.label !== 'cry').map(s => logit(s.score));
    manifest.calibration = plattCalibration(cries, others);
    for (const preset of PRESETS) {
      const onset = calibrated(thresholdAt(PRESET_FALSE_ALARMS[preset], others), manifest.calibration);
      manifest.presets[preset] = { onset, offset: OFFSET_SHARE * onset };
    }
  }
  await mkdir(modelFolder, { recursive: true });
  await writeAtomically(path.join(modelFolder, 'weights.bin'), checkpointWeights);
  await writeAtomically(path.join(modelFolder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeAtomically(path.join(modelFolder, 'NOTICE'), noticeOf(config.notice, corpus.recordings));
  return manifest;
}

/** What a model owes to the recordings it learned from: sources, licences and authors, each once. */
function noticeOf(notice: string, recordings: Corpus['recordings']): string {
  const authors = new Map<string, Set<string>>();
  for (const { source, licence, attribution } of recordings) {
    const heading = [source, licence].filter(Boolean).join(', ');
    if (heading) authors.set(heading, (authors.get(heading) ?? new Set()).add(attribution));
  }
  const sections = [...authors]
    .sort()
    .map(([heading, names]) => `${heading}:\n  ${[...names].sort().join('\n  ')}\n`);
  return [`${notice}\n`, ...sections].join('\n');
}
