import path from 'node:path';
import { parseArgs } from 'node:util';
import { figuresOf } from '../evaluation/metrics.js';
import { multiplyAddsPerSecond } from '../model/cry-net.js';
import { readConfig } from '../training/config.js';
import { readCorpus, trainFold, type HeldOutScore, type Progress } from '../training/train.js';
import { shipModel } from '../training/ship.js';
import { usageError } from './arguments.js';
import { print } from './output.js';
import { clearStatus, Pace, showStatus } from './status-line.js';

export const TRAIN_USAGE = `deepinfant train CONFIG --data DIR [--teacher DIR] [--fold N] [--out DIR]
  Trains CryNet on a corpus (a folder with a manifest.csv), once for each grouped fold, measures each network on the
  fold it did not see, and writes the shipped fold's model to OUT/model. Stop it at any time: the same command goes on.
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
  const scores = new Map<number, HeldOutScore[]>();
  for (const fold of folds) {
    const bar = progressLine(`fold ${fold}`);
    scores.set(fold, await trainFold(config, corpus, fold, path.join(out, `fold${fold}`), bar));
    const heldOut = scores.get(fold)!;
    const { auc, recallAt } = figuresOf(heldOut);
    const recalls = Object.entries(recallAt).map(
      ([rate, recall]) => `${recall.toFixed(3)} at ${(100 * Number(rate)).toFixed(1)} %`,
    );
    const groups = new Set(heldOut.map(({ group }) => group)).size;
    print(
      `fold ${fold}: AUC ${auc.toFixed(4)}, recall ${recalls.join(', ')}, of ${heldOut.length} recordings in ${groups} groups`,
    );
  }
  if (folds.length > 1) {
    const aucs = [...scores.values()].map(s => figuresOf(s).auc);
    const mean = aucs.reduce((a, b) => a + b) / aucs.length;
    const spread = Math.sqrt(aucs.reduce((sum, a) => sum + (a - mean) ** 2, 0) / (aucs.length - 1));
    print(`AUC over ${aucs.length} folds: mean ${mean.toFixed(4)}, standard deviation ${spread.toFixed(4)}`);
  }
  if (scores.has(config.shippedFold)) {
    const others = [...scores].filter(([fold]) => fold !== config.shippedFold).flatMap(([, s]) => s);
    const model = path.join(out, 'model');
    const manifest = await shipModel(
      config,
      corpus,
      path.join(out, `fold${config.shippedFold}`),
      others,
      model,
    );
    const million = (multiplyAddsPerSecond(manifest) / 1e6).toFixed(1);
    print(
      `model of fold ${config.shippedFold}: ${model}, ${million} million multiply-adds per second of audio`,
    );
  }
  return 0;
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
