import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readCorpusFolder } from '../corpus/corpus.js';
import { DeepInfantError, messageOf } from '../../errors.js';
import { toFloat16 } from '../../maths/float16.js';
import { writeWindowScores, type RecordingScores } from '../teacher/window-scores.js';
import { Yamnet } from '../teacher/yamnet.js';
import { readSamples } from '../../audio/recording.js';
import { TEACHER_CLASSES, TEACHER_HOP } from '../teacher/teacher.js';
import { usageError } from '../../cli/arguments.js';
import { abortOnInterrupt } from '../../cli/interrupt.js';
import { print, printError } from '../../cli/output.js';
import { ProgressLine } from '../../cli/progress-line.js';
import type { Command } from '../../cli/command.js';

const USAGE = `deepinfant teach YAMNET.tflite --data DIR --out DIR
  Scores every recording of a corpus with Google's YAMNet, every 0.256 s, and writes the scores to OUT, for 'deepinfant
  train --teacher OUT'. YAMNET.tflite is YAMNet's TensorFlow Lite file. Exits with status 1 if a recording cannot be read
  to its end; such recordings are left out.
  --data DIR  the corpus (docs/training.md)
  --out DIR   folder for the scores, written when all recordings are scored`;

export const command: Command = { usage: USAGE, run: teach };

async function teach(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { data: { type: 'string' }, out: { type: 'string' } },
  });
  const { data, out } = values;
  if (positionals.length !== 1 || data === undefined || out === undefined)
    throw usageError("Give YAMNet's .tflite file, the corpus (--data) and a folder for the scores (--out).");
  const signal = abortOnInterrupt();
  await reportUnwritable(out, async () => {
    await mkdir(out, { recursive: true });
    await access(out, constants.W_OK);
  });
  const { recordings } = await readCorpusFolder(data);
  const yamnet = await Yamnet.open(positionals[0]);
  const progress = new ProgressLine();
  const scored: RecordingScores[] = [];
  let errors = 0;
  try {
    for (const [done, { path, file }] of recordings.entries()) {
      signal.throwIfAborted();
      progress.show({ done, total: recordings.length });
      try {
        const samples = await readSamples(file);
        scored.push({ path, scores: toFloat16(yamnet.score(samples, TEACHER_HOP)) });
      } catch (error) {
        if (!(error instanceof DeepInfantError)) throw error;
        errors++;
        progress.clear();
        printError(error.message);
      }
    }
  } finally {
    progress.clear();
    yamnet.dispose();
  }
  await reportUnwritable(out, () => writeWindowScores(out, scored));
  const windows = scored.reduce((sum, { scores }) => sum + scores.length / TEACHER_CLASSES, 0);
  print(`Scored ${windows} windows of ${scored.length} recordings: ${out}`);
  if (errors > 0) printError(`${errors} of ${recordings.length} recordings could not be read to their end.`);
  return errors > 0 ? 1 : 0;
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
