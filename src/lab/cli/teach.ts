import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readCorpusFolder } from '../corpus/corpus.js';
import type { Recording } from '../corpus/manifest.js';
import { DeepInfantError, messageOf } from '../../errors.js';
import { openTeacher } from '../teacher/open-teacher.js';
import { ScoreCache } from '../teacher/score-cache.js';
import { SCORE_FILES } from '../teacher/teacher.js';
import { writeWindowScores, type RecordingScores } from '../teacher/window-scores.js';
import { CACHE_USAGE, DEFAULT_CACHE } from './cache.js';
import { usageError } from '../../cli/arguments.js';
import { abortOnInterrupt } from '../../cli/interrupt.js';
import { print, printError } from '../../cli/output.js';
import { ProgressLine } from '../../cli/progress-line.js';
import type { Command } from '../../cli/command.js';

const USAGE = `deepinfant teach YAMNET.tflite [MN04.onnx] --data DIR --out DIR [--cache DIR]
  Scores every recording of a corpus with one teacher or two, and writes the scores to OUT, for 'deepinfant train --teacher
  OUT'. YAMNET.tflite is the TensorFlow Lite file of Google's YAMNet, which hears 0.975 s every 0.256 s; MN04.onnx is
  EfficientAT's mn04_as, which hears 2 s every 0.5 s and needs onnxruntime-node. If the command is stopped, the same command
  resumes it. Exits with status 1 if a recording cannot be read to its end; such recordings are left out.
  --data DIR   the corpus (docs/training.md)
  --out DIR    folder for the scores, written when all recordings are scored
  ${CACHE_USAGE}`;

export const command: Command = { usage: USAGE, run: teach };

async function teach(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      out: { type: 'string' },
      cache: { type: 'string', default: DEFAULT_CACHE },
    },
  });
  const { data, out } = values;
  if (positionals.length < 1 || positionals.length > 2 || data === undefined || out === undefined)
    throw usageError("Give YAMNet's .tflite file, the corpus (--data) and a folder for the scores (--out).");
  const signal = abortOnInterrupt();
  await reportUnwritable(out, async () => {
    await mkdir(out, { recursive: true });
    await access(out, constants.W_OK);
  });
  const { recordings } = await readCorpusFolder(data);
  let unreadable = 0;
  for (const file of positionals) {
    const { name, scored, errors } = await score(file, recordings, new ScoreCache(values.cache), signal);
    const files = SCORE_FILES[name];
    await reportUnwritable(out, () => writeWindowScores(out, files, scored));
    const windows = scored.reduce((sum, { scores }) => sum + scores.length / files.classes, 0);
    print(`Scored ${windows} windows of ${scored.length} recordings with ${name}: ${out}`);
    unreadable = errors.length;
    // The second teacher cannot read them either.
    if (file === positionals[0]) errors.forEach(printError);
  }
  if (unreadable > 0)
    printError(`${unreadable} of ${recordings.length} recordings could not be read to their end.`);
  return unreadable > 0 ? 1 : 0;
}

/** Scores recordings with the teacher in a file. @returns what is wrong with recordings that could not be read, too */
async function score(
  file: string,
  recordings: readonly Recording[],
  cache: ScoreCache,
  signal: AbortSignal,
): Promise<{ name: string; scored: RecordingScores[]; errors: string[] }> {
  const teacher = await openTeacher(file);
  const progress = new ProgressLine();
  const scored: RecordingScores[] = [];
  const errors: string[] = [];
  try {
    for (const [done, recording] of recordings.entries()) {
      signal.throwIfAborted();
      progress.show({ part: teacher.name, done, total: recordings.length });
      try {
        scored.push({ path: recording.path, scores: await cache.scoresOf(teacher, recording.file) });
      } catch (error) {
        if (!(error instanceof DeepInfantError) || error.code === 'unwritable') throw error;
        errors.push(error.message);
      }
    }
  } finally {
    progress.clear();
    await teacher.close();
  }
  return { name: teacher.name, scored, errors };
}

/** @throws DeepInfantError `unwritable` for what the work throws */
async function reportUnwritable(folder: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new DeepInfantError(
      'unwritable',
      `Cannot write to ${folder}: ${messageOf(error)}. Free some space, or choose another folder with --out.`,
    );
  }
}
