import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { readCorpusFolder } from '../corpus/corpus.js';
import type { Recording } from '../corpus/manifest.js';
import { DeepInfantError, messageOf } from '../../errors.js';
import { openTeacher } from '../teacher/open-teacher.js';
import { ScoreCache } from '../teacher/score-cache.js';
import { SCORE_FILES } from '../teacher/teacher.js';
import { writeWindowScores, type RecordingScores } from '../teacher/window-scores.js';
import { CACHE_OPTION, DEFAULT_CACHE } from './cache.js';
import { usageError } from '../../cli/arguments.js';
import { abortOnInterrupt } from '../../cli/interrupt.js';
import { print, printError } from '../../cli/output.js';
import { ProgressLine } from '../../cli/progress-line.js';
import { defineCommand } from '../../cli/command.js';

export const command = defineCommand({
  synopsis: ['teach YAMNET.tflite [MN04.onnx] --data FOLDER --out FOLDER [options]'],
  description: `Scores every recording of a corpus with one teacher or two, and writes the scores to a folder, for
    'deepinfant train --teacher FOLDER'. YAMNET.tflite is the TensorFlow Lite file of Google's YAMNet, which hears 0.975 s
    every 0.256 s; MN04.onnx is EfficientAT's mn04_as, which hears 2 s every 0.5 s and needs onnxruntime-node. If the
    command is stopped, the same command resumes it. The exit status is 1 if a recording cannot be read to its end; such
    recordings are left out.`,
  options: {
    data: { type: 'string', value: 'FOLDER', help: 'the corpus (docs/training.md)' },
    out: {
      type: 'string',
      value: 'FOLDER',
      help: 'folder for the scores, written when all recordings are scored',
    },
    cache: CACHE_OPTION,
  },
  examples: [
    ['teach yamnet.tflite --data recordings --out scores', 'with one teacher'],
    ['teach yamnet.tflite mn04.onnx --data recordings --out scores', 'with both'],
  ],
  run: async ({ values, positionals }) => {
    const { data, out } = values;
    if (positionals.length < 1 || positionals.length > 2 || data === undefined || out === undefined)
      throw usageError(
        "Give YAMNet's .tflite file, the corpus (--data) and a folder for the scores (--out).",
      );
    const signal = abortOnInterrupt();
    await reportUnwritable(out, async () => {
      await mkdir(out, { recursive: true });
      await access(out, constants.W_OK);
    });
    const { recordings } = await readCorpusFolder(data);
    let unreadable = 0;
    for (const file of positionals) {
      const { name, scored, errors } = await score(
        file,
        recordings,
        new ScoreCache(values.cache ?? DEFAULT_CACHE),
        signal,
      );
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
  },
});

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
