import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Recording } from '../corpus/manifest.js';
import { figuresOf } from '../evaluation/metrics.js';
import { loadClassifier, readModel } from '../../model/load.js';
import { READINGS, type Reading } from '../../model/manifest.js';
import { unpackWeights } from '../../model/weights.js';
import { LABELS } from '../../values.js';
import { loadTrainingTf } from '../training/backend.js';
import type { Progress } from '../training/progress.js';
import { claimFolder } from '../training/run-folder.js';
import { writeAtomically } from '../../files/write-atomically.js';
import type { Clip } from './augment.js';
import { sureClips } from './clips.js';
import type { TrainingConfig } from './config.js';
import type { TrainingCorpus } from './training-corpus.js';
import { recordNights, scoreRecordings, type FoldRecord, type HeldOut } from './measure.js';
import { TrainableCryNet } from './network.js';
import { trainNetwork, type Validation } from './train-network.js';
import { calibrateModel, foldedWeights, modelName, writeModels } from './ship.js';
import { TEACHER_CLASSES } from '../teacher/teacher.js';

/** A training run: what is learned, from what, and where its results lie. */
export interface Run {
  config: TrainingConfig;
  corpus: TrainingCorpus;
  /** The corpus's recordings in memory, see readClips. */
  clips: ReadonlyMap<Recording, Clip>;
  out: string;
  /** Folder of a model to go on from; without it the network begins with random weights. */
  from: string | undefined;
  onProgress: (progress: Progress) => void;
}

/** Folders of a run's parts: one a fold, and `all`. */
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
 * Trains one fold's network and measures it on the recordings that were kept out, in `OUT/foldN`: `run.json`, `log.csv`,
 * `curves.svg`, `checkpoint.bin`, the model in each reading, and what each said of the recordings and in nights. What is
 * done is not done again; a stopped run goes on from its checkpoint.
 * @throws DeepInfantError `run-differs` when the folder holds a run of another config, corpus or model
 */
export async function trainFold(run: Run, fold: number): Promise<FoldRecord> {
  const { config, corpus, onProgress } = run;
  const { earlyStop, folds, seed } = config;
  const part: Part = `fold${fold}`;
  const validated = earlyStop ? (fold + 1) % folds : undefined;
  const inFolds = (wanted: (fold: number) => boolean): Recording[] =>
    corpus.recordings.filter((_, i) => wanted(corpus.folds[i]));
  const heldOut = inFolds(one => one === fold);
  const keptOut = `grouped fold ${fold} of ${folds} (seed ${seed}) was kept out`;
  const taught = inFolds(one => one !== fold && one !== validated);
  await learn({ ...run, config: { ...config, seed: seed + fold } }, part, taught, {
    keptOut,
    validation: inFolds(one => one === validated),
  });
  const sure = heldOut.filter(({ path }) => !corpus.doubtful.has(path));
  const records: Partial<FoldRecord> = {};
  for (const reading of READINGS) {
    const file = path.join(run.out, part, `${reading}.json`);
    if (!existsSync(file)) {
      const classifier = await loadClassifier(path.resolve(modelFolder(run, part, reading)));
      const nights = { hours: config.nightHours, seed: seed + fold * NIGHT_SEEDS };
      const record: HeldOut = {
        scores: await scoreRecordings(classifier, heldOut, done => {
          onProgress({ phase: 'measuring', done, total: heldOut.length });
        }),
        nights: await recordNights(classifier, sure, nights, hours => {
          onProgress({ phase: 'nights', done: Math.floor(60 * hours), total: Math.round(60 * nights.hours) });
        }),
      };
      await classifier.close();
      await writeAtomically(file, JSON.stringify(record));
    }
    records[reading] = JSON.parse(await readFile(file, 'utf8')) as HeldOut;
  }
  return records as FoldRecord;
}

/** Folds have nights of seeds this far apart. */
const NIGHT_SEEDS = 1000;

/**
 * Gives each fold's models a calibration and thresholds from the other folds, so that what a fold was measured on stays
 * untouched.
 */
export async function calibrateFolds(run: Run, records: readonly FoldRecord[]): Promise<void> {
  for (const [fold] of records.entries())
    await calibrate(
      run,
      `fold${fold}`,
      records.filter((_, other) => other !== fold),
    );
}

/**
 * Trains the network to be used, on all recordings, in `OUT/all`, and gives it the calibration and thresholds that the
 * folds' networks ask for, which had the same config and four fifths of the recordings.
 */
export async function trainOnAll(run: Run, records: readonly FoldRecord[]): Promise<void> {
  const { config, corpus } = run;
  await learn(run, 'all', corpus.recordings, {
    keptOut: `nothing was kept out; figures are of ${config.folds} grouped folds (seed ${config.seed})`,
    validation: [],
  });
  await calibrate(run, 'all', records);
}

async function calibrate(run: Run, part: Part, records: readonly FoldRecord[]): Promise<void> {
  for (const reading of READINGS)
    await calibrateModel(
      modelFolder(run, part, reading),
      records.map(record => record[reading]),
      run.corpus,
    );
}

/** Trains a part's network and writes its models, unless they are there. */
async function learn(
  run: Run,
  part: Part,
  taught: readonly Recording[],
  { keptOut, validation }: { keptOut: string; validation: readonly Recording[] },
): Promise<void> {
  const { config, corpus, out, from, onProgress } = run;
  const folder = path.join(out, part);
  const model = from === undefined ? undefined : await readModel(from);
  const { sha256: fromSha256 } = model?.manifest.weights ?? {};
  await claimFolder(folder, JSON.stringify({ config, corpusSha256: corpus.sha256, fromSha256 }, null, 2));
  if (existsSync(path.join(modelFolder(run, part, 'fixed'), 'manifest.json'))) return;

  const tf = await loadTrainingTf();
  const teacherClasses = corpus.teacher === undefined ? 0 : TEACHER_CLASSES;
  const network = new TrainableCryNet(tf, config.widths, LABELS.length, teacherClasses, config.seed);
  if (model) network.load(unpackWeights(model.weights, model.manifest.weights.tensors));
  const write = (to: string): Promise<void> =>
    writeModels(to, foldedWeights(network), config, corpus, keptOut);
  const validate: Validation = async () => {
    const draft = path.join(folder, 'validation');
    await write(draft);
    const classifier = await loadClassifier(path.resolve(draft, config.name));
    const scores = await scoreRecordings(classifier, validation, done => {
      onProgress({ phase: 'validating', done, total: validation.length });
    });
    await classifier.close();
    return figuresOf(scores).auc;
  };
  await trainNetwork(
    tf,
    network,
    sureClips(run, [...taught, ...corpus.more]),
    config,
    folder,
    onProgress,
    validation.length > 0 ? validate : undefined,
  );
  await write(folder);
}
