import { readFile } from 'node:fs/promises';
import { parseCsv } from '../../files/csv.js';
import { DeepInfantError, messageOf } from '../../errors.js';
import { fromFloat16 } from '../../maths/float16.js';
import type { Recording } from '../corpus/manifest.js';
import { highestOf, jointFeatures, JointTeacher, type JointFeatures } from '../teacher/joint-teacher.js';
import { MN04_BABY_CRY } from '../teacher/mn04.js';
import { openTeacher } from '../teacher/open-teacher.js';
import type { ScoreCache } from '../teacher/score-cache.js';
import type { Yamnet } from '../teacher/yamnet.js';
import { TEACHER_CLASSES, TEACHER_CRY_CLASSES, TEACHER_HOP } from '../teacher/teacher.js';
import type { RivalScores } from './evaluation.js';
import { isCry } from './metrics.js';

const NAMED = 3;

/**
 * Reads another detector's scores of a corpus: a CSV table with the columns `path`, as in the corpus's manifest, and
 * `score`: any number, larger for more of a cry.
 * @param recordings to compare; others in the table are ignored
 * @throws DeepInfantError `rival` when the file cannot be read, lacks a column or a recording, or a score is not a number
 */
export async function readRival(file: string, recordings: readonly { path: string }[]): Promise<RivalScores> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new DeepInfantError(
      'rival',
      `Cannot read the rival's ${file}: ${messageOf(error)}. Give a CSV file with the columns path and score.`,
    );
  }
  const rows = parseCsv(text, ['path', 'score']);
  for (const column of ['path', 'score'] as const) {
    if (rows.every(row => row[column] === '')) {
      const header = text.split('\n', 1)[0].trim();
      throw new DeepInfantError(
        'rival',
        `The rival's ${file} has no column '${column}', or the column is empty; its first line is '${header}'.`,
      );
    }
  }
  const scores = new Map<string, number>();
  for (const row of rows) {
    const score = row.score.trim() === '' ? NaN : Number(row.score);
    if (!Number.isFinite(score)) {
      throw new DeepInfantError(
        'rival',
        `The rival's ${file} gives '${row.path}' the score '${row.score}', which is not a number.`,
      );
    }
    scores.set(row.path, score);
  }
  const missing = recordings.map(({ path }) => path).filter(path => !scores.has(path));
  if (missing.length > 0) {
    const some = missing.slice(0, NAMED).join(', ');
    throw new DeepInfantError(
      'rival',
      `The rival's ${file} lacks ${missing.length} of ${recordings.length} recordings: ${some}${missing.length > NAMED ? '…' : ''}. ` +
        'Score every recording of the manifest, and name it by its path there.',
    );
  }
  return scores;
}

/** YAMNet's score of one recording: the highest of its crying classes in any window of 0.975 s, one every 0.256 s. */
export function yamnetScore(yamnet: Yamnet, samples: Float32Array): number {
  return highestOf(yamnet.score(samples, TEACHER_HOP), TEACHER_CLASSES, TEACHER_CRY_CLASSES);
}

/** Recordings for teachers to score. */
export interface TeacherTask {
  /** The recordings of each fold; a joint teacher of a fold learns from the others. */
  folds: readonly (readonly Recording[])[];
  /** Whether a recording's label is sure enough to learn from. */
  isSure: (recording: Recording) => boolean;
  cache: ScoreCache;
  onProgress: (done: number) => void;
}

/** A joint teacher is given by the files of its two: YAMNET.tflite+MN04.onnx. */
const JOINT = /^(.+\.tflite)\+(.+\.onnx)$/;

/** Whether a rival's file, or pair of files, is of teachers, and not a table of scores. */
export function isTeacher(file: string): boolean {
  return JOINT.test(file) || /\.(tflite|onnx)$/.test(file);
}

/**
 * Scores recordings with YAMNet (the highest crying class of any window), mn04 (the highest logit of a baby's cry) or both
 * (log odds, see JointTeacher).
 * @param file see isTeacher
 * @throws DeepInfantError `rival` when there are no folds for a joint teacher to learn from, what openTeacher and
 * ScoreCache.scoresOf throw
 */
export async function teacherScores(file: string, task: TeacherTask): Promise<RivalScores> {
  const [, yamnetFile, mn04File] = JOINT.exec(file) ?? [];
  if (yamnetFile) return jointScores(yamnetFile, mn04File, task);
  const scores = new Map<string, number>();
  const wanted = file.endsWith('.onnx') ? [MN04_BABY_CRY] : TEACHER_CRY_CLASSES;
  await hearAll(file, task, ({ path }, windows, classes) => {
    scores.set(path, highestOf(windows, classes, wanted));
  });
  return scores;
}

async function jointScores(yamnetFile: string, mn04File: string, task: TeacherTask): Promise<RivalScores> {
  const { folds, isSure } = task;
  if (folds.length < 2) {
    throw new DeepInfantError(
      'rival',
      'What two teachers hear together is learned from the recordings of other folds. Give --folds or --run.',
    );
  }
  const heard = new Map<Recording, Float32Array>();
  await hearAll(yamnetFile, task, (recording, windows) => heard.set(recording, windows));
  const features = new Map<Recording, JointFeatures>();
  await hearAll(mn04File, task, (recording, windows) =>
    features.set(recording, jointFeatures(heard.get(recording)!, windows)),
  );
  const scores = new Map<string, number>();
  for (const fold of folds) {
    const others = folds.filter(other => other !== fold).flat();
    const examples = others
      .filter(isSure)
      .map(recording => ({ features: features.get(recording)!, isCry: isCry(recording) }));
    const joint = new JointTeacher(examples);
    for (const recording of fold) scores.set(recording.path, joint.logOdds(features.get(recording)!));
  }
  return scores;
}

/** Gives each recording's window scores by the teacher in a file. */
async function hearAll(
  file: string,
  { folds, cache, onProgress }: TeacherTask,
  onWindows: (recording: Recording, windows: Float32Array, classes: number) => void,
): Promise<void> {
  const teacher = await openTeacher(file);
  try {
    for (const [done, recording] of folds.flat().entries()) {
      onProgress(done);
      onWindows(recording, fromFloat16(await cache.scoresOf(teacher, recording.file)), teacher.classes);
    }
  } finally {
    await teacher.close();
  }
}
