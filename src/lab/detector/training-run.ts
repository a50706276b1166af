import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { foldsText, foldText } from '../corpus/folds.js';
import type { Recording } from '../corpus/manifest.js';
import { noticeOf } from '../corpus/notice.js';
import { figuresOf } from '../evaluation/metrics.js';
import type { Classifier } from '../../model/classifier.js';
import { readModel } from '../../model/load.js';
import { LoadedClassifier } from '../../model/loaded-classifier.js';
import { READINGS, type Reading } from '../../model/manifest.js';
import { packWeights, unpackWeights } from '../../model/weights.js';
import { LABELS } from '../../values.js';
import { loadTrainingTf } from '../training/backend.js';
import type { Progress } from '../training/progress.js';
import { claimFolder } from '../training/run-folder.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { BOTH_CLASSES } from '../mixtures/mixture-store.js';
import type { Clip } from '../mixtures/clip.js';
import type { Material } from './batches.js';
import { samplesOfClip, sureClips } from './clips.js';
import type { TrainingConfig } from './config.js';
import type { TrainingCorpus } from './training-corpus.js';
import type { TrainingMixtures } from './training-mixtures.js';
import { recordNights, scoreRecordings, type FoldRecord, type HeldOut, type SamplesOf } from './measure.js';
import { shippedTensors, TrainableCryNet } from './network.js';
import { trainNetwork, type Validation } from './train-network.js';
import {
  draftManifest,
  foldedWeights,
  modelName,
  scoreReadingOf,
  writeManifest,
  type TrainedNetwork,
} from './ship.js';
import { jointExamples, jointTarget } from '../teacher/joint-target.js';
import { TEACHER_CLASSES } from '../teacher/teacher.js';

/** A training run: its config, its data, and the folder of its results. */
export interface Run {
  config: TrainingConfig;
  corpus: TrainingCorpus;
  /** The corpus's recordings in memory, see readClips. */
  clips: ReadonlyMap<Recording, Clip>;
  out: string;
  /** Mixtures that teachers heard, to learn from; without them, clips are mixed while it learns. */
  mixtures: TrainingMixtures | undefined;
  /** Folder of a model to fine-tune; without it, the network starts from random weights. */
  from: string | undefined;
  onProgress: (progress: Progress) => void;
}

/** Folders of a run's parts: one for each fold, and `all`. */
export type Part = `fold${number}` | 'all';

/** Where a part's model lies. */
export function modelFolder(
  { config, out }: Pick<Run, 'config' | 'out'>,
  part: Part,
  reading: Reading = 'flexible',
): string {
  return path.join(out, part, modelName(config.name, reading));
}

/**
 * Trains one fold's network and measures it on the held-out recordings, in `OUT/foldN`: `run.json`, `log.csv`,
 * `curves.svg`, `checkpoint.bin`, the network's weights, and its scores of the recordings and of nights in each reading.
 * Nothing is done twice; a stopped run resumes from its checkpoint.
 * @throws DeepInfantError `run-differs` when the folder holds a run of another config, corpus, teacher or model
 */
export async function trainFold(run: Run, fold: number): Promise<FoldRecord> {
  const { config, corpus, onProgress } = run;
  const { earlyStop, seed } = config;
  const { count, folds } = corpus.split;
  const part: Part = `fold${fold}`;
  const validated = earlyStop ? (fold + 1) % count : undefined;
  const inFolds = (wanted: (fold: number) => boolean): Recording[] =>
    corpus.recordings.filter((_, i) => wanted(folds[i]));
  const heldOut = inFolds(one => one === fold);
  const taught = inFolds(one => one !== fold && one !== validated);
  await learn(
    run,
    part,
    taught,
    inFolds(one => one === validated),
  );
  const sure = heldOut.filter(({ path }) => !corpus.doubtful.has(path));
  const records: Partial<FoldRecord> = {};
  for (const reading of READINGS) {
    const file = path.join(run.out, part, `${reading}.json`);
    if (existsSync(file)) {
      records[reading] = JSON.parse(await readFile(file, 'utf8')) as HeldOut;
      continue;
    }
    const classifier = classifierOf(await trainedNetwork(run, part), reading);
    const nights = { hours: config.nightHours, seed: seed + fold * NIGHT_SEEDS };
    const record: HeldOut = {
      scores: await scoreRecordings(classifier, heldOut, samplesOf(run), done => {
        onProgress({ phase: 'measuring', done, total: heldOut.length });
      }),
      nights: await recordNights(classifier, sure, samplesOf(run), nights, hours => {
        onProgress({ phase: 'nights', done: Math.floor(60 * hours), total: Math.round(60 * nights.hours) });
      }),
    };
    await classifier.close();
    await writeAtomically(file, JSON.stringify(record));
    records[reading] = record;
  }
  return records as FoldRecord;
}

/** The seeds of two folds' nights are this far apart. */
const NIGHT_SEEDS = 1000;

/**
 * Makes each fold's network a model in each reading, with a calibration and thresholds from the other folds, so that what a
 * fold is measured on plays no part.
 */
export async function calibrateFolds(run: Run, records: ReadonlyMap<number, FoldRecord>): Promise<void> {
  for (const fold of records.keys())
    await calibrate(run, `fold${fold}`, new Map([...records].filter(([other]) => other !== fold)));
}

/**
 * Trains the network to use, on all recordings, in `OUT/all`, and makes it a model with the calibration and thresholds of
 * the folds' networks, which had the same config and most of the recordings.
 */
export async function trainOnAll(run: Run, records: ReadonlyMap<number, FoldRecord>): Promise<void> {
  await learn(run, 'all', run.corpus.recordings, []);
  await calibrate(run, 'all', records);
}

/** @param records of the folds that the calibration and the thresholds are chosen on */
async function calibrate(run: Run, part: Part, records: ReadonlyMap<number, FoldRecord>): Promise<void> {
  const network = await trainedNetwork(run, part, [...records.keys()]);
  for (const reading of READINGS) {
    const scoreReading = scoreReadingOf(
      [...records.values()].map(record => record[reading]),
      run.corpus,
    );
    await writeManifest(path.join(run.out, part), network, reading, scoreReading);
  }
}

/** The seed of a part of a run. */
function seedOf({ config: { seed } }: Run, part: Part): number {
  return part === 'all' ? seed : seed + foldOf(part);
}

/** What was held out from the network of a part of a run, in words. */
function keptOutText(
  { config: { seed }, corpus: { split } }: Run,
  part: Part,
  measured: readonly number[],
): string {
  if (part !== 'all') return `${foldText(split, foldOf(part), seed)} was kept out`;
  const which = measured.length === split.count ? '' : `folds ${measured.join(', ')} of `;
  return `nothing was kept out; figures are of ${which}${foldsText(split, seed)}`;
}

function foldOf(part: Exclude<Part, 'all'>): number {
  return Number(part.slice('fold'.length));
}

/** Where a part's weights lie once its network is trained. */
function weightsFile(run: Run, part: Part): string {
  return path.join(modelFolder(run, part), 'weights.bin');
}

/** A part's network, which must be trained. @param measured folds whose figures are the model's */
async function trainedNetwork(
  run: Run,
  part: Part,
  measured: readonly number[] = [],
): Promise<TrainedNetwork> {
  const { config, corpus } = run;
  return {
    name: config.name,
    weights: await readFile(weightsFile(run, part)),
    tensors: shippedTensors(config.widths),
    training: {
      dataSha256: corpus.sha256,
      groups: keptOutText(run, part, measured),
      seed: seedOf(run, part),
      notice: config.notice,
    },
  };
}

/** Scores with a network that is not calibrated. */
function classifierOf(
  { name, weights, tensors }: Omit<TrainedNetwork, 'training'>,
  reading: Reading,
): Classifier {
  return new LoadedClassifier({
    manifest: draftManifest(modelName(name, reading), tensors, reading),
    weights,
  });
}

function samplesOf({ clips }: Run): SamplesOf {
  return recording => samplesOfClip(clips.get(recording)!);
}

/** Number of classes that a run's teachers know. */
export function teacherClassesOf({ corpus, mixtures }: Run): number {
  if (mixtures !== undefined) return BOTH_CLASSES;
  return corpus.teacher === undefined ? 0 : TEACHER_CLASSES;
}

/** What a network learns from. @param taught recordings of the corpus; those with a doubtful label are left out */
export function materialOf(run: Run, taught: readonly Recording[]): Material {
  const { corpus, mixtures } = run;
  const { recordings, more, doubtful, teacher } = corpus;
  const sure = taught.filter(({ path }) => !doubtful.has(path));
  if (mixtures !== undefined) {
    const known = new Set(taught);
    const heldOut = [...recordings.keys()].filter(number => !known.has(recordings[number]));
    return {
      mixtures: { folder: mixtures.folder, heldOut: new Set(heldOut), joint: jointExamples(teacher!, sure) },
    };
  }
  const target = teacher?.isJoint ? jointTarget(teacher, sure) : undefined;
  return { clips: sureClips(run, [...taught, ...more], target) };
}

/** Trains a part's network and writes its weights, unless they are there. */
async function learn(
  run: Run,
  part: Part,
  taught: readonly Recording[],
  validation: readonly Recording[],
): Promise<void> {
  const { corpus, out, from, onProgress } = run;
  const config = { ...run.config, seed: seedOf(run, part) };
  const folder = path.join(out, part);
  const model = from === undefined ? undefined : await readModel(from);
  const { sha256: fromSha256 } = model?.manifest.weights ?? {};
  const teacherSha256 = corpus.teacher?.sha256;
  const mixturesSha256 = run.mixtures?.sha256;
  const identity = { config, corpusSha256: corpus.sha256, teacherSha256, mixturesSha256, fromSha256 };
  await claimFolder(folder, JSON.stringify(identity, null, 2));
  if (existsSync(weightsFile(run, part))) return;

  const tf = await loadTrainingTf();
  const network = new TrainableCryNet(tf, config.widths, LABELS.length, teacherClassesOf(run), config.seed);
  if (model) network.load(unpackWeights(model.weights, model.manifest.weights.tensors));
  const validate: Validation = async () => {
    const weights = foldedWeights(network);
    const classifier = classifierOf(
      { name: config.name, weights: packWeights(weights), tensors: weights },
      'flexible',
    );
    const scores = await scoreRecordings(classifier, validation, samplesOf(run), done => {
      onProgress({ phase: 'validating', done, total: validation.length });
    });
    await classifier.close();
    return figuresOf(scores).auc;
  };
  await trainNetwork(
    tf,
    network,
    materialOf(run, taught),
    config,
    folder,
    onProgress,
    validation.length > 0 ? validate : undefined,
  );
  const recordings = [...corpus.recordings, ...corpus.more];
  await mkdir(modelFolder(run, part), { recursive: true });
  await writeAtomically(path.join(modelFolder(run, part), 'NOTICE'), noticeOf(config.notice, recordings));
  // Last: where the weights are, the network is trained.
  await writeAtomically(weightsFile(run, part), packWeights(foldedWeights(network)));
}
