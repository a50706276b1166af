import { readFile } from 'node:fs/promises';
import { parseCsv } from '../../files/csv.js';
import { DeepInfantError, messageOf } from '../../errors.js';
import { Yamnet } from '../teacher/yamnet.js';
import { readSamples } from '../../audio/recording.js';
import { TEACHER_CLASSES, TEACHER_CRY_CLASSES, TEACHER_HOP } from '../teacher/teacher.js';
import type { RivalScores } from './evaluation.js';

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
  const windows = yamnet.score(samples, TEACHER_HOP);
  let peak = 0;
  for (let i = 0; i < windows.length; i += TEACHER_CLASSES)
    for (const c of TEACHER_CRY_CLASSES) peak = Math.max(peak, windows[i + c]);
  return peak;
}

/** Scores recordings with YAMNet. @param file of the network, see Yamnet */
export async function yamnetScores(
  file: string,
  recordings: readonly { path: string; file: string }[],
): Promise<RivalScores> {
  const yamnet = await Yamnet.open(file);
  const scores = new Map<string, number>();
  for (const recording of recordings)
    scores.set(recording.path, yamnetScore(yamnet, await readSamples(recording.file)));
  yamnet.dispose();
  return scores;
}
