import path from 'node:path';
import { parseArgs } from 'node:util';
import { FALSE_ALARM_RATES, figuresOf } from '../evaluation/metrics.js';
import { readConfig } from '../training/config.js';
import type { HeldOutScore } from '../training/measure.js';
import { calibrateModel } from '../training/ship.js';
import { modelFolder, readCorpus, trainFold, type FoldRecord, type Progress } from '../training/train.js';
import { usageError } from './arguments.js';
import { print, printError } from './output.js';
import { clearStatus, Pace, showStatus } from './status-line.js';

export const TRAIN_USAGE = `deepinfant train CONFIG --data DIR [--teacher DIR] [--fold N] [--out DIR]
  Trains CryNet on a corpus (a folder with a manifest.csv), once for each grouped fold, measures each network on the
  fold it did not see and in nights made of it, and writes each fold's model to OUT/foldN/model, with a calibration and
  thresholds from the other folds. Stop it at any time: the same command goes on.
  --more DIR  another folder of recordings, only to learn from; may be given several times
  --teacher DIR  window scores of a teacher (see deepinfant teach); may be given several times
  --fold N   only that fold
  --out DIR  folder of the run (runs/NAME)`;

/** `deepinfant train`. @returns the exit status */
export async function train(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      more: { type: 'string', multiple: true, default: [] },
      teacher: { type: 'string', multiple: true, default: [] },
      fold: { type: 'string' },
      out: { type: 'string' },
    },
  });
  if (positionals.length !== 1 || values.data === undefined)
    throw usageError('Name one training config and, with --data, the folder of its corpus.');
  const config = await readConfig(positionals[0]);
  const corpus = await readCorpus(config, {
    corpus: values.data,
    more: values.more,
    teacher: values.teacher,
  });
  const out = values.out ?? path.join('runs', config.name);
  const all = Array.from({ length: config.folds }, (_, i) => i);
  const folds = values.fold === undefined ? all : all.filter(fold => String(fold) === values.fold);
  if (folds.length === 0) {
    throw usageError(`--fold is one of 0 to ${config.folds - 1}, not '${values.fold}'.`);
  }
  const left = Object.entries(corpus.left).map(([label, count]) => `, ${count} '${label}' left out`);
  print(`${corpus.recordings.length} recordings${left.join('')}`);
  for (const remark of corpus.remarks) printError(remark);
  const records = new Map<number, FoldRecord>();
  for (const fold of folds) {
    const record = await trainFold(config, corpus, fold, out, progressLine(`fold ${fold}`));
    records.set(fold, record);
    printFigures(`fold ${fold}`, record.scores);
  }
  if (folds.length > 1) {
    printFigures(
      'all folds',
      [...records.values()].flatMap(({ scores }) => scores),
    );
    for (const fold of folds) {
      const others = folds.filter(other => other !== fold).map(other => records.get(other)!);
      await calibrateModel(modelFolder(out, fold), others, corpus);
    }
  }
  for (const fold of folds) print(`model of fold ${fold}: ${modelFolder(out, fold)}`);
  return 0;
}

function printFigures(name: string, scores: readonly HeldOutScore[]): void {
  const { auc, recallAt } = figuresOf(scores);
  const recalls = FALSE_ALARM_RATES.map(
    rate => `${recallAt[rate].toFixed(3)} at ${(100 * Number(rate)).toFixed(1)} %`,
  );
  const groups = new Set(scores.map(({ group }) => group)).size;
  print(
    `${name}: AUC ${auc.toFixed(4)}, recall ${recalls.join(', ')}, of ${scores.length} recordings in ${groups} groups`,
  );
}

/** Shows progress in one line of a terminal, and now and then in a log. */
function progressLine(name: string): (progress: Progress) => void {
  const pace = new Pace();
  return ({ phase, done, total, loss }) => {
    const left = phase === 'training' ? pace.left(done, total) : '';
    const text = `${name} ${phase} ${done}/${total}${loss === undefined ? '' : `, loss ${loss.toFixed(3)}`}${left}`;
    if (done < total) showStatus(text);
    else clearStatus();
    const isWorthALogLine =
      done === total || (phase === 'training' && done % 100 === 0 && !process.stderr.isTTY);
    if (isWorthALogLine) process.stderr.write(`${text}\n`);
  };
}
