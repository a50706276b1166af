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
  Makes the teacher of 'deepinfant train --teacher OUT': what Google's YAMNet hears in each recording of a corpus, every
  0.256 s. Needs the network's TensorFlow Lite file. Writes OUT at its end; ends with status 1 if a recording can't be
  read to its end: it is left out.`;

export const command: Command = { usage: USAGE, run: teach };

async function teach(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { data: { type: 'string' }, out: { type: 'string' } },
  });
  const { data, out } = values;
  if (positionals.length !== 1 || data === undefined || out === undefined)
    throw usageError("Name YAMNet's .tflite file, with --data a corpus and with --out the teacher's folder.");
  const signal = abortOnInterrupt();
  await writing(out, async () => {
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
  await writing(out, () => writeWindowScores(out, scored));
  const windows = scored.reduce((sum, { scores }) => sum + scores.length / TEACHER_CLASSES, 0);
  print(`${windows} windows of ${scored.length} recordings: ${out}`);
  if (errors > 0) printError(`${errors} of ${recordings.length} recordings could not be read to their end.`);
  return errors > 0 ? 1 : 0;
}

/** @throws DeepInfantError `unwritable` for what the work throws */
async function writing(folder: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new DeepInfantError(
      'unwritable',
      `${folder} can't be written: ${messageOf(error)}. Make room, or name another folder with --out.`,
    );
  }
}
