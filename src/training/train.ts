import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { DeepInfantError } from '../errors.js';
import { readCorpusFolder } from '../dataset/corpus.js';
import { checkTrainable, groupedFolds } from '../dataset/folds.js';
import type { Recording } from '../dataset/manifest.js';
import { clipScore } from '../detect/clip-score.js';
import { StreamScorer } from '../model/stream-scorer.js';
import { StreamingNet } from '../model/streaming-net.js';
import type { Tf } from '../model/tf.js';
import { packWeights, type NamedWeights } from '../model/weights.js';
import { LABELS } from '../values.js';
import { loadTrainingTf } from './backend.js';
import { Batches, type Batch } from './batches.js';
import { loadCheckpoint, saveCheckpoint, writeAtomically } from './checkpoint.js';
import { isDoubtful, loadClips, readSamples, readVerdicts } from './clips.js';
import type { TrainingConfig, TrainingData } from './config.js';
import { lossOf, targetsOf, teacherSpread, type TeacherSpread } from './loss.js';
import { TrainableCryNet } from './network.js';
import { AdamW, oneCycle } from './optimiser.js';
import { draftManifest, foldedWeights, SCALING } from './ship.js';
import { Teacher, TEACHER_CLASSES } from './teacher.js';

/** Weights are averaged from a third of the run on: over all steps since then, at most over about the last 1 / 0.005. */
const AVERAGE_RATE = 0.005;
const STEPS_PER_LOG_LINE = 25;

/** Score of one recording that the network never saw. */
export interface HeldOutScore {
  path: string;
  label: string;
  group: string;
  /** Uncalibrated clip score. */
  score: number;
}

/** What is shown while a run goes on. */
export interface Progress {
  phase: 'reading' | 'training' | 'measuring';
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

/**
 * Trains one fold's network and scores the recordings that were kept out, in `folder`: `run.json`, `log.csv` (step and
 * running loss), `checkpoint.bin`, `weights.bin`, `tensors.json` and `scores.json`. A finished fold is not trained
 * again; a stopped one goes on from its checkpoint.
 * @throws DeepInfantError `run-differs` when the folder holds a run of another config or corpus
 */
export async function trainFold(
  config: TrainingConfig,
  corpus: Corpus,
  fold: number,
  folder: string,
  onProgress: (progress: Progress) => void,
): Promise<HeldOutScore[]> {
  await claim(folder, JSON.stringify({ config, corpusSha256: corpus.sha256 }, null, 2));
  const scoresFile = path.join(folder, 'scores.json');
  const done = await readFile(scoresFile, 'utf8').catch(() => undefined);
  if (done !== undefined) return JSON.parse(done) as HeldOutScore[];

  const tf = await loadTrainingTf();
  const network = new TrainableCryNet(
    tf,
    config.widths,
    LABELS.length,
    corpus.teacher === undefined ? 0 : TEACHER_CLASSES,
    config.seed + fold,
  );
  await optimise(tf, network, config, corpus, fold, folder, onProgress);
  const weights = foldedWeights(network);
  await writeAtomically(path.join(folder, 'weights.bin'), packWeights(weights));
  await writeAtomically(
    path.join(folder, 'tensors.json'),
    JSON.stringify(weights.map(({ name, shape }) => ({ name, shape }))),
  );

  const heldOut = corpus.recordings.filter((_, i) => corpus.folds[i] === fold);
  const scores = await scoreRecordings(tf, weights, heldOut, scored => {
    onProgress({ phase: 'measuring', done: scored, total: heldOut.length });
  });
  await writeAtomically(scoresFile, JSON.stringify(scores));
  return scores;
}

/** Marks a folder as holding this run, unless it holds another. */
async function claim(folder: string, run: string): Promise<void> {
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

/** Trains `network` on all folds but one, to the averaged weights of the last two thirds of the run. */
async function optimise(
  tf: Tf,
  network: TrainableCryNet,
  config: TrainingConfig,
  corpus: Corpus,
  fold: number,
  folder: string,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const taught = [
    ...corpus.recordings.filter(
      (recording, i) => corpus.folds[i] !== fold && !corpus.doubtful.has(recording.path),
    ),
    ...corpus.more,
  ];
  const clips = await loadClips(taught, corpus.teacher, config.rivalWeights, done => {
    onProgress({ phase: 'reading', done, total: taught.length });
  });
  const spread = teacherSpread(clips.flatMap(({ teacher }) => teacher ?? []));
  const batches = new Batches({
    clips,
    batch: config.batch,
    frames: config.cropFrames,
    seed: config.seed + fold,
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

/** Scores recordings the way the product does, uncalibrated. */
async function scoreRecordings(
  tf: Tf,
  weights: NamedWeights[],
  recordings: readonly Recording[],
  onProgress: (done: number) => void,
): Promise<HeldOutScore[]> {
  const net = new StreamingNet(tf, weights);
  const scorer = new StreamScorer(net, draftManifest('draft', weights));
  const result: HeldOutScore[] = [];
  for (const { file, path: name, label, group } of recordings) {
    const samples = await readSamples(file);
    const stream = scorer.open();
    const chunk = { samples, firstSample: 0, at: 0, source: name, lost: 0 };
    const [scores] = scorer.push([{ stream, chunk }]);
    scores.push(...scorer.flush(stream));
    result.push({ path: name, label, group, score: clipScore(scores) });
    onProgress(result.length);
  }
  net.dispose();
  return result;
}
