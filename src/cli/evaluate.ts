import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readManifest, type Recording } from '../dataset/manifest.js';
import { DeepInfantError } from '../errors.js';
import {
  evaluationOf,
  figuresTable,
  type RivalScores,
  type ScoredRecording,
} from '../evaluation/evaluation.js';
import { isCry } from '../evaluation/metrics.js';
import { reportPage, type Measurement } from '../evaluation/report.js';
import { readRival } from '../evaluation/rivals.js';
import { loadClassifier } from '../model/load.js';
import { PRESETS, type ModelManifest } from '../model/manifest.js';
import { writeAtomically } from '../training/checkpoint.js';
import { HEARING_OPTIONS, MODEL_USAGE, usageError } from './arguments.js';
import { hearRecording, hearSeveral } from './hear-recording.js';
import { abortOnInterrupt } from './interrupt.js';
import { print, printError, printJson } from './output.js';

export const EVALUATE_USAGE = `deepinfant evaluate --data DIR [--json] [--out DIR] [--model NAME] [--rival NAME=FILE.csv]...
  Measures how well a model tells cries from other recordings, on a folder of them with a manifest.csv that the model
  never learned from, and writes a report with curves and the worst errors to OUT/index.html. Ends with status 1 if a
  recording can't be read to its end.
  --json          print the figures as a JSON object instead; the report is written if --out is given
  --out DIR       folder of the report (runs/evaluate-MODEL-on-DATA)
  --rival NAME=FILE.csv
                  put another detector beside it, whose scores of the same recordings are in a table: path,score
  ${MODEL_USAGE}`;

/** `deepinfant evaluate`. @returns the exit status */
export async function evaluate(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      json: HEARING_OPTIONS.json,
      model: HEARING_OPTIONS.model,
      data: { type: 'string' },
      out: { type: 'string' },
      rival: { type: 'string', multiple: true, default: [] },
    },
  });
  const { data } = values;
  if (data === undefined) throw usageError('Name, with --data, a folder of recordings with a manifest.csv.');
  const rivalFiles = values.rival.map(nameAndFile);
  const signal = abortOnInterrupt();
  const { recordings, left } = await readManifest(data);
  checkClasses(recordings, path.join(data, 'manifest.csv'));
  const paths = recordings.map(recording => recording.path);
  const rivals = new Map<string, RivalScores>();
  for (const [name, file] of rivalFiles) rivals.set(name, await readRival(file, paths));
  const leftOut = Object.entries(left).map(([label, count]) => `, ${count} '${label}' left out`);
  process.stderr.write(`${recordings.length} recordings${leftOut.join('')}\n`);

  const { model, presets, scored, unreadable } = await score(recordings, values.model, signal);
  checkClasses(scored, `What could be read of ${data}`);
  const evaluation = evaluationOf(scored, rivals);
  if (values.json) printJson({ model, ...evaluation });
  else printTable(figuresTable(`${model.name} ${model.version}`, evaluation));
  if (!values.json || values.out !== undefined) {
    const name = `evaluate-${model.name}-on-${path.basename(path.resolve(data))}`;
    const report = path.join(values.out ?? path.join('runs', name), 'index.html');
    const measurement: Measurement = {
      model,
      data,
      recordings: scored,
      fileOf: recording => path.join(data, recording.path),
      rivals,
      thresholds: Object.fromEntries(PRESETS.map(preset => [preset, presets[preset].clip])),
      left,
      unreadable,
      date: new Date(),
      command: ['deepinfant evaluate', ...args.map(word => (/\s/.test(word) ? `'${word}'` : word))].join(' '),
    };
    await mkdir(path.dirname(report), { recursive: true });
    await writeAtomically(report, await reportPage(measurement, evaluation));
    if (!values.json) print(`\nReport: ${report}`);
  }
  if (unreadable.length === 0) return 0;
  printError(
    `${unreadable.length} of ${recordings.length} recordings could not be read, or not to their end: the figures lack them.`,
  );
  return 1;
}

/** The parts of NAME=FILE.csv. @throws DeepInfantError `usage` */
function nameAndFile(rival: string): [name: string, file: string] {
  const [, name, file] = /^([^=]+)=(.+)$/.exec(rival) ?? [];
  if (!name) throw usageError(`--rival takes NAME=FILE.csv, not '${rival}'.`);
  return [name, file];
}

/** @throws DeepInfantError `one-class` unless there are cries and other recordings */
function checkClasses(recordings: readonly { label: string }[], where: string): void {
  const cries = recordings.filter(isCry).length;
  if (cries > 0 && cries < recordings.length) return;
  const missing =
    cries === 0
      ? "no recording with the label 'cry': there is nothing to find"
      : 'only cries: nothing could be a false alarm';
  throw new DeepInfantError('one-class', `${where} holds ${missing}. Add some to the manifest.`);
}

/** Hears the recordings as `classify` does. Those that cannot be read to their end are told and left out. */
async function score(
  recordings: readonly Recording[],
  model: string,
  signal: AbortSignal,
): Promise<{
  model: Measurement['model'];
  presets: ModelManifest['presets'];
  scored: ScoredRecording[];
  unreadable: string[];
}> {
  const classifier = await loadClassifier(model);
  const { name, version, presets } = classifier.manifest;
  const scored: ScoredRecording[] = [];
  const unreadable: string[] = [];
  try {
    const results = hearSeveral(recordings, async recording => ({
      recording,
      heard: await hearRecording(recording.file, { classifier, preset: 'balanced', signal }),
    }));
    for await (const { recording, heard } of results) {
      if (heard.error) {
        printError(heard.error.message);
        unreadable.push(heard.error.message);
        continue;
      }
      const { path, label, group, source } = recording;
      const steps = heard.windows.map(({ startS, endS, scores }) => ({
        atS: (startS + endS) / 2,
        score: scores.cry,
      }));
      scored.push({ path, label, group, source, score: heard.score, steps });
    }
  } finally {
    await classifier.close();
  }
  return { model: { name, version }, presets, scored, unreadable };
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0].map((_, i) => Math.max(...rows.map(row => row[i].length)));
  for (const [name, ...numbers] of rows)
    print([name.padEnd(widths[0]), ...numbers.map((cell, i) => cell.padStart(widths[i + 1]))].join('  '));
}
