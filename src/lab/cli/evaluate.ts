import path from 'node:path';
import { countOf, MODEL_OPTION, numberOf, shareOf, usageError } from '../../cli/arguments.js';
import type { FoldKind } from '../corpus/folds.js';
import { CACHE_OPTION, DEFAULT_CACHE } from './cache.js';
import { evaluateFamilies } from './evaluate-families.js';
import { evaluateRecordings } from './evaluate-recordings.js';
import { evaluateScene } from './evaluate-scene.js';
import { abortOnInterrupt } from '../../cli/interrupt.js';
import { subjectsOf } from './subjects.js';
import { defineCommand } from '../../cli/command.js';

export const command = defineCommand({
  synopsis: [
    'evaluate --data FOLDER [options]',
    'evaluate --data FOLDER --scene [options]',
    'evaluate --families N [--seed S] [--wrong SHARE] [--json] [--out FILE.svg]',
  ],
  takesOptionsOnly: true,
  description: `Measures how well a model tells cries from other sounds, on a corpus that it did not learn from, and writes
    a report with curves and the worst errors to OUT/index.html. The exit status is 1 if a recording cannot be read to its
    end.`,
  options: {
    data: { type: 'string', value: 'FOLDER', help: 'the corpus (docs/training.md)' },
    model: { ...MODEL_OPTION, default: undefined },
    run: {
      type: 'string',
      value: 'FOLDER',
      help: `measure a run of deepinfant train: each fold's model on the recordings that it did not learn from`,
    },
    folds: {
      type: 'string',
      value: 'N|sources',
      words: ['sources'],
      help: `measure the model on each of N grouped folds, or on each source of cries, as 'deepinfant train' splits them; a
        run says itself how it was split`,
    },
    rival: {
      type: 'string',
      multiple: true,
      default: [],
      value: 'NAME=FILE',
      help: `compare with another detector: a CSV table (path, score) of its scores of the same recordings; the file of
        YAMNet (.tflite) or of mn04 (.onnx), to which nights apply Frigate's rule at 0.8 and at 0.5; or both as
        YAMNET.tflite+MN04.onnx, for what the two hear together, which is learned from the other folds`,
    },
    cache: CACHE_OPTION,
    scene: {
      type: 'boolean',
      default: false,
      help: `instead, play the model nights made from the recordings: a quiet room or a noise machine, a sound every 20 to
        120 s, three episodes of crying an hour; reports the episodes found, their delay, and false alarms a night`,
    },
    nights: { type: 'string', value: 'N', help: 'the number of nights (default: 1)' },
    hours: { type: 'string', value: 'H', help: 'the hours of each night (default: 8)' },
    seed: { type: 'string', value: 'S', help: 'the seed that draws nights or families (default: 1)' },
    families: {
      type: 'string',
      value: 'N',
      help: `instead, measure the reasons in N simulated families: how likely the model thought the true reasons of new
        cries after 0 to 60 answers, compared with the commonest reason so far and with the time since the last feed
        (docs/reason.md); --out draws a plot`,
    },
    wrong: {
      type: 'string',
      value: 'SHARE',
      help: "share of the families' answers that are wrong, from 0 to 1 (default: 0)",
    },
    json: {
      type: 'boolean',
      default: false,
      help: 'print the figures as a JSON object; writes the report only if --out is given',
    },
    out: {
      type: 'string',
      value: 'FOLDER',
      help: 'folder of the report (default: runs/evaluate-MODEL-on-DATA or runs/nights-of-MODEL-on-DATA)',
    },
  },
  examples: [
    ['evaluate --data recordings', 'the shipped model on recordings'],
    ['evaluate --data recordings --scene --nights 20', 'whole nights made of them'],
    ['evaluate --data recordings --rival yamnet=yamnet.tflite', 'beside YAMNet'],
  ],
  run: async ({ values, args }) => {
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
      file => scene && (file.includes('+') || !/\.(tflite|onnx)$/.test(file)),
    );
    if (unplayed !== undefined)
      throw usageError(
        `With --scene, --rival takes YAMNet's .tflite file or mn04's .onnx file only, not '${unplayed}'.`,
      );
    const nights = countOf('nights', values.nights ?? '1');
    const hours = numberOf('hours', values.hours ?? '8');
    const seed = numberOf('seed', values.seed ?? '1');
    if (!(hours >= LEAST_HOURS))
      throw usageError(`--hours must be at least ${LEAST_HOURS}: an episode needs room.`);
    const signal = abortOnInterrupt();
    const model = values.model ?? MODEL_OPTION.default;
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
      cache: values.cache ?? DEFAULT_CACHE,
      command: `deepinfant evaluate ${quoted.join(' ')}`,
      signal,
    };
    if (!scene) return (await evaluateRecordings({ ...common, left })) > 0 ? 1 : 0;
    await evaluateScene({ ...common, nights, hours, seed });
    return 0;
  },
});

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
