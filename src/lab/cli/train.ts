import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Interval } from '../evaluation/bootstrap.js';
import { evaluationOf, worstSourceText } from '../evaluation/evaluation.js';
import { FALSE_ALARM_RATES, figuresOf, isCry } from '../evaluation/metrics.js';
import { modelPath } from '../../model/load.js';
import type { Reading } from '../../model/manifest.js';
import { readClips } from '../detector/clips.js';
import { readConfig } from '../detector/config.js';
import { readTrainingCorpus } from '../detector/training-corpus.js';
import { findMixtures } from '../detector/training-mixtures.js';
import { CORPUS_OPTIONS } from './corpus-options.js';
import type { FoldRecord, HeldOutScore } from '../detector/measure.js';
import type { Progress } from '../training/progress.js';
import { tryRates } from '../detector/learning-rate.js';
import { calibrateFolds, modelFolder, trainFold, trainOnAll, type Run } from '../detector/training-run.js';
import { usageError } from '../../cli/arguments.js';
import { print, printError } from '../../cli/output.js';
import { ProgressLine } from '../../cli/progress-line.js';
import { defineCommand } from '../../cli/command.js';

export const command = defineCommand({
  synopsis: ['train CONFIG --data FOLDER [options]'],
  description: `Trains CryNet on a corpus: a folder with a manifest.csv, or with the folders cry/ and not-cry/
    (docs/training.md). First trains a network for each fold and measures it on that fold and on nights made from it; then
    trains the model to use on all recordings, with the calibration and thresholds that the folds yield, and writes it to
    OUT/all/NAME; folds that leave a source out only measure. If it is stopped, the same command resumes it. 'deepinfant ship OUT' copies the model to models/.`,
  options: {
    ...CORPUS_OPTIONS,
    mixtures: {
      type: 'string',
      value: 'FOLDER',
      help: 'mixtures of the recordings to learn from, from deepinfant mix, instead of mixing them anew',
    },
    from: {
      type: 'string',
      value: 'MODEL',
      help: 'fine-tune this model, given by its name or its folder, instead of starting from random weights',
    },
    fold: {
      type: 'string',
      multiple: true,
      default: [],
      value: 'N',
      help: `train and measure this fold only; with the option given for at least two folds, these yield the model to use`,
    },
    'find-rate': {
      type: 'boolean',
      default: false,
      help: 'only search for a learning rate; OUT/rate.svg shows the loss as the rate grows',
    },
    out: { type: 'string', value: 'FOLDER', help: 'folder of the run (default: runs/NAME)' },
  },
  examples: [
    ['train ours.json --data recordings --from crynet', 'fine-tune the shipped model on your recordings'],
    ['train ours.json --data recordings --find-rate', 'find a learning rate first'],
  ],
  run: async ({ values, positionals }) => {
    const { data, more, teacher } = values;
    if (positionals.length !== 1 || data === undefined)
      throw usageError('Give one training config and, with --data, a corpus.');
    const config = await readConfig(positionals[0]);
    const corpus = await readTrainingCorpus(config, { corpus: data, more, teacher });
    const { split } = corpus;
    const all = Array.from({ length: split.count }, (_, i) => i);
    const unknown = values.fold.find(fold => !all.map(String).includes(fold));
    if (unknown !== undefined)
      throw usageError(`--fold is a number from 0 to ${split.count - 1}, not '${unknown}'.`);
    const folds = values.fold.length === 0 ? all : [...new Set(values.fold.map(Number))];
    const left = Object.entries(corpus.left).map(([label, count]) => `, ${count} '${label}' left out`);
    print(
      `${corpus.recordings.length} recordings${left.join('')}, ${corpus.more.length} more for training only`,
    );
    for (const remark of corpus.remarks) printError(remark);
    const run: Omit<Run, 'onProgress'> = {
      config,
      corpus,
      clips: await readClips(corpus, config.rivalWeights, progressLine('recordings')),
      out: values.out ?? path.join('runs', config.name),
      mixtures:
        values.mixtures === undefined ? undefined : await findMixtures(values.mixtures, corpus, config),
      from: values.from === undefined ? undefined : modelPath(values.from),
    };

    if (values['find-rate']) {
      await mkdir(run.out, { recursive: true });
      const rate = await tryRates({ ...run, onProgress: progressLine('rates') });
      print(`learning rate: ${rate.toPrecision(2)}, where the loss falls fastest; see ${run.out}/rate.svg`);
      return 0;
    }
    const trainAndMeasure = async (fold: number): Promise<FoldRecord> => {
      const record = await trainFold({ ...run, onProgress: progressLine(`fold ${fold}`) }, fold);
      const name = split.sources ? `fold ${fold}, ${split.sources[fold]} left out` : `fold ${fold}`;
      printFigures(name, record.flexible.scores);
      printFigures(`${name}, fixed windows`, record.fixed.scores);
      return record;
    };
    const records = new Map<number, FoldRecord>();
    for (const fold of folds) records.set(fold, await trainAndMeasure(fold));
    if (folds.length === 1) return 0;
    const scores = (reading: Reading): HeldOutScore[] =>
      [...records.values()].flatMap(record => record[reading].scores);
    const together = folds.length === split.count ? 'all folds' : `folds ${folds.join(', ')}`;
    printFigures(together, scores('flexible'));
    printFigures(`${together}, fixed windows`, scores('fixed'));
    const last: Run = { ...run, onProgress: progressLine('all') };
    await calibrateFolds(last, records);
    if (split.sources) {
      const aucs = new Map(
        [...records].map(([fold, { flexible }]) => [split.sources![fold], figuresOf(flexible.scores).auc]),
      );
      print(worstSourceText(aucs));
      print(
        "no model to use: folds that leave a source out only measure. For a model, set 'folds' to a number.",
      );
      return 0;
    }
    await trainOnAll(last, records);
    print(`model to use: ${modelFolder(run, 'all')} (to ship it: deepinfant ship ${run.out})`);
    return 0;
  },
});

const LOG_EVERY = 100;

function printFigures(name: string, scores: readonly HeldOutScore[]): void {
  const { auc, recallAt, intervals, files, groups } = evaluationOf(scores, new Map());
  const range = ([low, high]: Interval): string => `(${low.toFixed(3)} to ${high.toFixed(3)})`;
  const recalls = FALSE_ALARM_RATES.map(
    rate =>
      `${recallAt[rate].toFixed(3)} ${range(intervals.recallAt[rate])} at ${(100 * Number(rate)).toFixed(1)}%`,
  );
  const cries = scores.filter(isCry).length;
  print(
    `${name}: AUC ${auc.toFixed(4)} ${range(intervals.auc)}, recall ${recalls.join(', ')}; ` +
      `${files} recordings in ${groups} groups, ${cries} of them cries`,
  );
}

/** Shows a run's progress. @param name of what goes on: `fold 0` */
function progressLine(name: string): (progress: Progress) => void {
  const line = new ProgressLine(LOG_EVERY);
  return ({ phase, done, total, loss }) => {
    const note = loss === undefined ? undefined : `loss ${loss.toFixed(3)}`;
    line.show({ part: `${name}, ${phase}`, done, total, note });
  };
}
