import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readCorpusFolder } from '../corpus/corpus.js';
import { checkSplit, splitOf, type FoldKind, type Split } from '../corpus/folds.js';
import type { Recording } from '../corpus/manifest.js';
import { DeepInfantError } from '../../errors.js';
import { modelPath, readModel } from '../../model/load.js';
import type { TrainingConfig } from '../detector/config.js';
import { readTrainingCorpus } from '../detector/training-corpus.js';
import { modelFolder } from '../detector/training-run.js';

/** A model and the recordings to measure it on. */
export interface Subject {
  model: string;
  recordings: Recording[];
  /** The source that makes the fold; undefined without folds, and of a grouped fold. */
  leftOut: string | undefined;
}

/** The seed of `--folds`: that of models/crynet/training.json. */
const SEED = 1;

/**
 * What to measure on a corpus: a model on all of it or on each of its folds, or each fold's model of a training run on its
 * held-out fold.
 */
export async function subjectsOf(
  data: string,
  { model, run, folds }: { model: string; run?: string | undefined; folds?: FoldKind | undefined },
): Promise<{ subjects: Subject[]; left: Record<string, number>; remarks: string[] }> {
  if (run === undefined) {
    const { recordings, left, remarks, sha256 } = await readCorpusFolder(data);
    const { manifest } = await readModel(modelPath(model));
    if (manifest.training.dataSha256 === sha256) {
      remarks.push(
        `${manifest.name} learned from these recordings, so its figures are too good. Its training run shows true ones: --run.`,
      );
    }
    if (folds === undefined) return { subjects: [{ model, recordings, leftOut: undefined }], left, remarks };
    const split = splitOf(recordings, folds, SEED);
    const ofFolds = Array.from({ length: split.count }, (_, fold) =>
      subjectOf(model, recordings, split, fold),
    );
    return { subjects: ofFolds, left, remarks };
  }
  const numbers = (await readdir(run).catch(() => []))
    .map(name => /^fold(\d+)$/.exec(name)?.[1])
    .filter(number => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  if (numbers.length === 0) {
    throw new DeepInfantError(
      'run',
      `${run} contains no fold. Give the folder of a run of deepinfant train.`,
    );
  }
  const file = path.join(run, `fold${numbers[0]}`, 'run.json');
  const { config, corpusSha256 } = JSON.parse(await readFile(file, 'utf8')) as {
    config: TrainingConfig;
    corpusSha256: string;
  };
  const { recordings, split, left, remarks, sha256 } = await readTrainingCorpus(config, {
    corpus: data,
    more: [],
    teacher: [],
  });
  if (sha256 !== corpusSha256) {
    throw new DeepInfantError(
      'run',
      `${data} is not the corpus that ${run} learned from, so its folds were not held out. Give that corpus.`,
    );
  }
  checkSplit(split.folds, recordings);
  const modelOf = (fold: number): string => modelFolder({ config, out: path.resolve(run) }, `fold${fold}`);
  if (!numbers.every(fold => existsSync(path.join(modelOf(fold), 'manifest.json')))) {
    throw new DeepInfantError(
      'run',
      `${run} is not finished: a fold's thresholds come from the other folds. Run deepinfant train again, without --fold.`,
    );
  }
  const subjects = numbers.map(fold => subjectOf(modelOf(fold), recordings, split, fold));
  return { subjects, left, remarks };
}

function subjectOf(
  model: string,
  recordings: readonly Recording[],
  { folds, sources }: Split,
  fold: number,
): Subject {
  return {
    model,
    recordings: recordings.filter((_, i) => folds[i] === fold),
    leftOut: sources?.[fold],
  };
}
