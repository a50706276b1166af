import path from 'node:path';
import { parseArgs } from 'node:util';
import { countOf, HEARING_OPTIONS, MODEL_USAGE, numberOf, shareOf, usageError } from '../../cli/arguments.js';
import type { FoldKind } from '../corpus/folds.js';
import { CACHE_USAGE, DEFAULT_CACHE } from './cache.js';
import { evaluateFamilies } from './evaluate-families.js';
import { evaluateRecordings } from './evaluate-recordings.js';
import { evaluateScene } from './evaluate-scene.js';
import { abortOnInterrupt } from '../../cli/interrupt.js';
import { subjectsOf } from './subjects.js';
import type { Command } from '../../cli/command.js';

const USAGE = `deepinfant evaluate --data DIR [--scene [--nights N] [--hours H] [--seed S]] [--model NAME | --run DIR]
                    [--folds N | --folds sources] [--rival NAME=FILE]... [--cache DIR] [--json] [--out DIR]
deepinfant evaluate --families N [--seed S] [--wrong SHARE] [--json] [--out FILE.svg]
  Measures how well a model tells cries from other sounds, on a corpus that it did not learn from, and writes a report
  with curves and the worst errors to OUT/index.html. Exits with status 1 if a recording cannot be read to its end.
  --data DIR      the corpus (docs/training.md)
  --scene         instead, play the model nights made from the recordings: a quiet room or a noise machine, a sound every
                  20 to 120 s, three episodes of crying an hour; reports the episodes found, their delay, and false alarms
                  a night
  --nights N, --hours H, --seed S
                  the number of nights (default: 1), the hours of each (8), and the seed that draws them (1)
  --run DIR       measure a run of deepinfant train: each fold's model on the recordings that it did not learn from
  --folds N, --folds sources
                  measure the model on each of N grouped folds, or on each source of cries, as 'deepinfant train' splits
                  them: a run says itself how it was split
  --rival NAME=FILE
                  compare with another detector: a CSV table (path, score) of its scores of the same recordings; the file
                  of YAMNet (.tflite), to which nights apply Frigate's rule at 0.8 and at 0.5; that of mn04 (.onnx); or both
                  as YAMNET.tflite+MN04.onnx, for what the two hear together, which is learned from the other folds
  --families N    instead, measure the reasons in N simulated families: how likely the model thought the true reasons of
                  new cries after 0 to 60 answers, compared with the commonest reason so far and with the time since the
                  last feed (docs/reason.md); --out draws a plot
  --wrong SHARE   share of the families' answers that are wrong, from 0 to 1 (default: 0)
  ${CACHE_USAGE}
  --json          print the figures as a JSON object; writes the report only if --out is given
  --out DIR       folder of the report (default: runs/evaluate-MODEL-on-DATA or runs/nights-of-MODEL-on-DATA)
  ${MODEL_USAGE}`;

export const command: Command = { usage: USAGE, run: evaluate };

async function evaluate(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      json: HEARING_OPTIONS.json,
      model: { type: 'string' },
      run: { type: 'string' },
      folds: { type: 'string' },
      data: { type: 'string' },
      out: { type: 'string' },
      rival: { type: 'string', multiple: true, default: [] },
      cache: { type: 'string' },
      scene: { type: 'boolean', default: false },
      nights: { type: 'string' },
      hours: { type: 'string' },
      seed: { type: 'string' },
      families: { type: 'string' },
      wrong: { type: 'string' },
    },
  });
  const { data, run, scene, json } = values;
  if (values.families !== undefined) {
    const { families, seed, wrong, out: picture, ...others } = values;
    const odd = Object.entries(others).find(
      ([name, value]) => name !== 'json' && value && String(value) !== '',
    );
    if (odd) throw usageError(`--${odd[0]} does not go with --families: leave one of them out.`);
    await evaluateFamilies({
      families: countOf('families', families),
      seed: numberOf('seed', seed ?? '1'),
      wrong: shareOf('wrong', wrong ?? '0'),
      json,
      picture,
      signal: abortOnInterrupt(),
    });
    return 0;
  }
  if (values.wrong !== undefined) throw usageError('--wrong needs --families: add it.');
  if (data === undefined) throw usageError('Give a corpus with --data.');
  if (run !== undefined && values.model !== undefined)
    throw usageError('Give a --model or a --run, not both.');
  if (run !== undefined && values.folds !== undefined)
    throw usageError('--folds goes with a --model: a --run has folds of its own.');
  if (!scene && (values.nights ?? values.hours ?? values.seed) !== undefined)
    throw usageError('--nights, --hours and --seed need --scene: add it.');
  const rivals = new Map(values.rival.map(nameAndFile));
  const unplayed = [...rivals.values()].find(
    file => scene && (file.includes('+') || !file.endsWith('.tflite')),
  );
  if (unplayed !== undefined)
    throw usageError(`With --scene, --rival takes YAMNet's .tflite file only, not '${unplayed}'.`);
  const nights = countOf('nights', values.nights ?? '1');
  const hours = numberOf('hours', values.hours ?? '8');
  const seed = numberOf('seed', values.seed ?? '1');
  if (!(hours >= LEAST_HOURS))
    throw usageError(`--hours must be at least ${LEAST_HOURS}: an episode needs room.`);
  const signal = abortOnInterrupt();
  const model = values.model ?? HEARING_OPTIONS.model.default;
  const { subjects, left, remarks } = await subjectsOf(data, { model, run, folds: foldsOf(values.folds) });
  const count = subjects.reduce((sum, { recordings }) => sum + recordings.length, 0);
  const leftOut = Object.entries(left).map(([label, n]) => `, ${n} '${label}' left out`);
  process.stderr.write([`${count} recordings${leftOut.join('')}`, ...remarks, ''].join('\n'));

  const what = path.basename(path.resolve(run ?? model));
  const folder = `${scene ? 'nights-of' : 'evaluate'}-${what}-on-${path.basename(path.resolve(data))}`;
  const out = values.out ?? (json ? undefined : path.join('runs', folder));
  const quoted = args.map(word => (/\s/.test(word) ? `'${word}'` : word));
  const common = {
    data,
    subjects,
    rivals,
    json,
    out,
    command: `deepinfant evaluate ${quoted.join(' ')}`,
    signal,
  };
  if (!scene)
    return (await evaluateRecordings({ ...common, left, cache: values.cache ?? DEFAULT_CACHE })) > 0 ? 1 : 0;
  await evaluateScene({ ...common, nights, hours, seed });
  return 0;
}

/** Shorter nights have less than one episode. */
const LEAST_HOURS = 0.4;

function foldsOf(text: string | undefined): FoldKind | undefined {
  if (text === undefined || text === 'sources') return text;
  const folds = Number(text);
  if (!(Number.isInteger(folds) && folds >= 2))
    throw usageError(`--folds must be a whole number of at least 2, or 'sources', not '${text}'.`);
  return folds;
}

/** The parts of NAME=FILE. @throws DeepInfantError `usage` */
function nameAndFile(rival: string): [name: string, file: string] {
  const [, name, file] = /^([^=]+)=(.+)$/.exec(rival) ?? [];
  if (!name) throw usageError(`--rival takes NAME=FILE, not '${rival}'.`);
  return [name, file];
}
