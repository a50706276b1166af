import path from 'node:path';
import { parseArgs } from 'node:util';
import { HEARING_OPTIONS, MODEL_USAGE, usageError } from './arguments.js';
import { evaluateRecordings } from './evaluate-recordings.js';
import { evaluateScene } from './evaluate-scene.js';
import { abortOnInterrupt } from './interrupt.js';
import { subjectsOf } from './subjects.js';

export const EVALUATE_USAGE = `deepinfant evaluate --data DIR [--scene [--nights N] [--hours H] [--seed S]] [--model NAME | --run DIR]
                    [--rival NAME=FILE]... [--json] [--out DIR]
  Measures how well a model tells cries from other recordings, on a folder of them with a manifest.csv that the model
  never learned from, and writes a report with curves and the worst errors to OUT/index.html. Ends with status 1 if a
  recording can't be read to its end.
  --scene         play it nights made of the recordings instead: a room or a noise machine, a sound every 20 to 120 s,
                  three episodes of crying an hour; tells episodes found, their delay, and false alarms a night
  --nights N, --hours H, --seed S
                  so many nights (1) of so many hours (8), drawn from a seed (1)
  --run DIR       measure a run of deepinfant train: each fold's model on the recordings that it did not see
  --rival NAME=FILE
                  put another detector beside it: a table (path,score) of its scores of the same recordings, or YAMNet's
                  .tflite file, which in nights is heard by Frigate's rule at 0.8 and at 0.5
  --json          print the figures as a JSON object instead; the report is written if --out is given
  --out DIR       folder of the report (runs/evaluate-MODEL-on-DATA, or runs/nights-of-MODEL-on-DATA)
  ${MODEL_USAGE}`;

/** `deepinfant evaluate`. @returns the exit status */
export async function evaluate(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      json: HEARING_OPTIONS.json,
      model: { type: 'string' },
      run: { type: 'string' },
      data: { type: 'string' },
      out: { type: 'string' },
      rival: { type: 'string', multiple: true, default: [] },
      scene: { type: 'boolean', default: false },
      nights: { type: 'string' },
      hours: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  const { data, run, scene, json } = values;
  if (data === undefined) throw usageError('Name, with --data, a folder of recordings with a manifest.csv.');
  if (run !== undefined && values.model !== undefined)
    throw usageError('Name a --model or a --run, not both.');
  if (!scene && (values.nights ?? values.hours ?? values.seed) !== undefined)
    throw usageError('--nights, --hours and --seed are for --scene: add it.');
  const rivals = new Map(values.rival.map(nameAndFile));
  const nights = numberOf('nights', values.nights, 1);
  const hours = numberOf('hours', values.hours, 8);
  const seed = numberOf('seed', values.seed, 1);
  if (!(Number.isInteger(nights) && nights > 0)) throw usageError('--nights is a whole number, 1 at least.');
  if (!(hours >= LEAST_HOURS)) throw usageError(`--hours is ${LEAST_HOURS} at least: an episode needs room.`);
  const signal = abortOnInterrupt();
  const model = values.model ?? HEARING_OPTIONS.model.default;
  const { subjects, left, remarks } = await subjectsOf(data, { model, run });
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
  if (!scene) return (await evaluateRecordings({ ...common, left })) > 0 ? 1 : 0;
  await evaluateScene({ ...common, nights, hours, seed });
  return 0;
}

/** Shorter nights have less than one episode. */
const LEAST_HOURS = 0.4;

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  const number = text === undefined ? otherwise : Number(text);
  if (text?.trim() === '' || !Number.isFinite(number))
    throw usageError(`--${name} is a number, not '${text}'.`);
  return number;
}

/** The parts of NAME=FILE. @throws DeepInfantError `usage` */
function nameAndFile(rival: string): [name: string, file: string] {
  const [, name, file] = /^([^=]+)=(.+)$/.exec(rival) ?? [];
  if (!name) throw usageError(`--rival takes NAME=FILE, not '${rival}'.`);
  return [name, file];
}
