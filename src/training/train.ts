import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError } from '../errors.js';
import { readCorpusFolder } from '../dataset/corpus.js';
import { checkTrainable, groupedFolds } from '../dataset/folds.js';
import type { Recording } from '../dataset/manifest.js';
import type { Classifier } from '../model/classifier.js';
import { loadClassifier } from '../model/load.js';
import { LABELS } from '../values.js';
import { loadTrainingTf } from './backend.js';
import { writeAtomically } from './checkpoint.js';
import { isDoubtful, loadClips, readVerdicts } from './clips.js';
import type { TrainingConfig, TrainingData } from './config.js';
import { recordNights, scoreRecordings, type HeldOutScore, type NightRecord } from './measure.js';
import { TrainableCryNet } from './network.js';
import { optimise } from './optimise.js';
import { foldedWeights, writeModel } from './ship.js';
import { Teacher, TEACHER_CLASSES } from './teacher.js';

/** What is shown while a run goes on. */
export interface Progress {
  phase: 'reading' | 'training' | 'measuring' | 'nights';
  done: number;
  total: number;
  loss?: number;
}

/** A corpus cut into folds by groups. */
export interface Corpus {
  recordings: Recording[];
  /** Recordings that are learned from in every fold. */
  more: Recording[];
  teacher: Teacher | undefined;
  /** Paths of recordings whose label is in doubt: they are measured, but neither taught nor asked for thresholds. */
  doubtful: Set<string>;
  /** Recordings whose label is not scored, by label. */
  left: Record<string, number>;
  /** What a person should know of the corpus, a sentence each. */
  remarks: string[];
  folds: number[];
  sha256: string;
}

/**
 * Reads a corpus and cuts it; the same config gives the same folds.
 * @throws DeepInfantError what readCorpusFolder throws, and `too-few-recordings` (see checkTrainable), so that a run does
 * not end on it hours later
 */
export async function readCorpus(config: TrainingConfig, data: TrainingData): Promise<Corpus> {
  const { recordings, left, remarks, sha256 } = await readCorpusFolder(data.corpus);
  checkTrainable(recordings, config.folds);
  const more = (await Promise.all(data.more.map(readCorpusFolder))).flatMap(corpus => corpus.recordings);
  const teacher = data.teacher.length === 0 ? undefined : new Teacher(data.teacher);
  const verdicts = readVerdicts(data.corpus);
  const doubtful = recordings.filter(recording =>
    isDoubtful(recording, verdicts.get(recording.path), teacher?.of(recording.path)),
  );
  return {
    recordings,
    more,
    teacher,
    doubtful: new Set(doubtful.map(recording => recording.path)),
    left,
    remarks,
    folds: groupedFolds(recordings, config.folds, config.seed),
    sha256,
  };
}

/** What a fold's network said of the recordings that it never saw, and in nights made of them. Not calibrated. */
export interface FoldRecord {
  scores: HeldOutScore[];
  nights: NightRecord[];
}

/** Folder of a fold's model in the folder of a run. */
export function modelFolder(out: string, fold: number): string {
  return path.join(out, `fold${fold}`, 'model');
}

/**
 * Trains one fold's network and measures it on the recordings that were kept out, in `OUT/foldN`: `run.json`, `log.csv`
 * (step and running loss), `checkpoint.bin`, `model/`, `scores.json` and `nights.json`. What is done is not done again;
 * a stopped run goes on from its checkpoint.
 * @throws DeepInfantError `run-differs` when the folder holds a run of another config or corpus
 */
export async function trainFold(
  config: TrainingConfig,
  corpus: Corpus,
  fold: number,
  out: string,
  onProgress: (progress: Progress) => void,
): Promise<FoldRecord> {
  const folder = path.join(out, `fold${fold}`);
  await claim(folder, JSON.stringify({ config, corpusSha256: corpus.sha256 }, null, 2));
  const model = modelFolder(out, fold);
  if (!existsSync(path.join(model, 'manifest.json'))) {
    const tf = await loadTrainingTf();
    const teacherClasses = corpus.teacher === undefined ? 0 : TEACHER_CLASSES;
    const network = new TrainableCryNet(tf, config.widths, LABELS.length, teacherClasses, config.seed + fold);
    const taught = corpus.recordings.filter(
      (recording, i) => corpus.folds[i] !== fold && !corpus.doubtful.has(recording.path),
    );
    const clips = await loadClips(
      [...taught, ...corpus.more],
      corpus.teacher,
      config.rivalWeights,
      onProgress,
    );
    await optimise(tf, network, clips, { ...config, seed: config.seed + fold }, folder, onProgress);
    const keptOut = `grouped fold ${fold} of ${config.folds} (seed ${config.seed}) was kept out`;
    await writeModel(model, foldedWeights(network), config, corpus, keptOut);
  }
  return {
    scores: await once(path.join(folder, 'scores.json'), () => measured(scoreHeldOut)),
    nights: await once(path.join(folder, 'nights.json'), () => measured(playNights)),
  };

  async function measured<T>(measure: (classifier: Classifier) => Promise<T>): Promise<T> {
    const classifier = await loadClassifier(model);
    try {
      return await measure(classifier);
    } finally {
      await classifier.close();
    }
  }

  function scoreHeldOut(classifier: Classifier): Promise<HeldOutScore[]> {
    const heldOut = corpus.recordings.filter((_, i) => corpus.folds[i] === fold);
    return scoreRecordings(classifier, heldOut, done => {
      onProgress({ phase: 'measuring', done, total: heldOut.length });
    });
  }

  function playNights(classifier: Classifier): Promise<NightRecord[]> {
    const sure = corpus.recordings.filter(
      (recording, i) => corpus.folds[i] === fold && !corpus.doubtful.has(recording.path),
    );
    const nights = { hours: config.nightHours, seed: config.seed + fold * NIGHT_SEEDS };
    return recordNights(classifier, sure, nights, hours => {
      onProgress({
        phase: 'nights',
        done: Math.floor(60 * hours),
        total: Math.round(60 * config.nightHours),
      });
    });
  }
}

/** Folds have nights of seeds this far apart. */
const NIGHT_SEEDS = 1000;

/** What a file of JSON holds, or, if there is none, what is made for it. */
async function once<T>(file: string, make: () => Promise<T>): Promise<T> {
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as T;
  const made = await make();
  await writeAtomically(file, JSON.stringify(made));
  return made;
}

/** Marks a folder as holding this run, unless it holds another. */
export async function claim(folder: string, run: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'run.json');
  const held = await readFile(file, 'utf8').catch(() => undefined);
  if (held === undefined) await writeAtomically(file, run);
  else if (held !== run) {
    throw new DeepInfantError(
      'run-differs',
      `${folder} holds a run of another config or corpus: name another folder with --out, or remove it.`,
    );
  }
}
