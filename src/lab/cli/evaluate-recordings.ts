import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError } from '../../errors.js';
import {
  contestedText,
  evaluationOf,
  figuresTable,
  leftOutHeading,
  worstSourceText,
  type Evaluation,
  type EvaluationPart,
  type RivalScores,
  type ScoredRecording,
} from '../evaluation/evaluation.js';
import { isCry } from '../evaluation/metrics.js';
import { reportPage, type Measurement } from '../evaluation/report.js';
import { isTeacher, readRival, teacherScores, type TeacherTask } from '../evaluation/rivals.js';
import { loadClassifier } from '../../model/load.js';
import { multiplyAddsPerSecond } from '../../model/cry-net.js';
import { PRESETS, type ModelManifest } from '../../model/manifest.js';
import { isDoubtful, readVerdicts } from '../detector/verdicts.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { hearRecording, hearSeveral } from '../../cli/hear-recording.js';
import { print, printError, printJson, printTable } from '../../cli/output.js';
import { ProgressLine } from '../../cli/progress-line.js';
import { ScoreCache } from '../teacher/score-cache.js';
import type { Subject } from './subjects.js';

export interface RecordingsOptions {
  data: string;
  subjects: readonly Subject[];
  left: Record<string, number>;
  /** Files of rivals by name: tables of scores, or teachers (see isTeacher). */
  rivals: ReadonlyMap<string, string>;
  /** Folder where teachers' scores are kept. */
  cache: string;
  json: boolean;
  /** Folder of the report; without it, none is written. */
  out: string | undefined;
  command: string;
  signal: AbortSignal;
}

/** `deepinfant evaluate` of recordings. @returns how many could not be read to their end */
export async function evaluateRecordings({
  data,
  subjects,
  left,
  rivals: rivalFiles,
  cache,
  json,
  out,
  command,
  signal,
}: RecordingsOptions): Promise<number> {
  const recordings = subjects.flatMap(subject => subject.recordings);
  checkClasses(recordings, data);
  const verdicts = await readVerdicts(data);
  const isSure = (recording: { path: string; label: string; source: string }): boolean =>
    !isDoubtful(recording, verdicts.get(recording.path));
  const rivals = new Map<string, RivalScores>();
  const progress = new ProgressLine();
  for (const [name, file] of rivalFiles) {
    const task: TeacherTask = {
      folds: subjects.map(subject => subject.recordings),
      isSure,
      cache: new ScoreCache(cache),
      onProgress: done => {
        signal.throwIfAborted();
        progress.show({ part: name, done, total: recordings.length });
      },
    };
    rivals.set(name, await (isTeacher(file) ? teacherScores(file, task) : readRival(file, recordings)));
    progress.clear();
  }
  const results = [];
  for (const subject of subjects) results.push(await score(subject, signal));
  const [{ manifest }] = results;
  const model = { name: manifest.name, version: manifest.version };
  const scored = results.flatMap(result => result.scored);
  const unreadable = results.flatMap(result => result.unreadable);
  checkClasses(scored, `The readable part of ${data}`);
  const evaluate = (all: readonly ScoredRecording[]): Evaluation & { clean?: Evaluation } => {
    const clean = all.filter(isSure);
    const hasContested = clean.length < all.length && hasBothClasses(clean);
    return { ...evaluationOf(all, rivals), clean: hasContested ? evaluationOf(clean, rivals) : undefined };
  };
  const evaluation = evaluate(scored);
  const leftOut = new Map(
    results.flatMap(({ source, scored: held }) =>
      source !== undefined && hasBothClasses(held) ? [[source, held] as const] : [],
    ),
  );
  const sources = new Map([...leftOut].map(([source, held]) => [source, evaluate(held)]));
  const parts = withoutContested('Without', evaluation);
  for (const [source, part] of sources) {
    const heading = leftOutHeading(source, leftOut.get(source)!);
    parts.push({ heading, evaluation: part }, ...withoutContested(`${heading}, without`, part));
  }
  if (json) {
    const bySource = sources.size > 0 ? Object.fromEntries(sources) : undefined;
    printJson({ model, ...evaluation, sources: bySource });
  } else {
    const name = `${model.name} ${model.version}`;
    printTable(figuresTable(name, evaluation));
    for (const part of parts) {
      print(`\n${part.heading}:`);
      printTable(figuresTable(name, part.evaluation));
    }
    if (sources.size > 0)
      print(`\n${worstSourceText(new Map([...sources].map(([source, { auc }]) => [source, auc])))}`);
    const millions = multiplyAddsPerSecond(manifest) / 1e6;
    print(`\n${millions.toFixed(1)} million multiply-adds per second of audio`);
  }
  if (out !== undefined) {
    const report = path.join(out, 'index.html');
    // Each fold's model has thresholds of its own.
    const shown = subjects.length === 1 ? PRESETS : [];
    const measurement: Measurement = {
      model,
      data,
      recordings: scored,
      fileOf: recording => path.join(data, recording.path),
      rivals,
      thresholds: Object.fromEntries(shown.map(preset => [preset, manifest.presets[preset].clip])),
      left,
      unreadable,
      date: new Date(),
      command,
    };
    await mkdir(out, { recursive: true });
    await writeAtomically(report, await reportPage(measurement, evaluation, parts));
    if (!json) print(`\nReport: ${report}`);
  }
  if (unreadable.length > 0) {
    printError(
      `${unreadable.length} of ${recordings.length} recordings could not be read to their end: they are missing from the figures.`,
    );
  }
  return unreadable.length;
}

/** The evaluation without contested recordings, if there is one. @param where before the count of those left out */
function withoutContested(
  where: string,
  { files, clean }: Evaluation & { clean?: Evaluation },
): EvaluationPart[] {
  if (!clean) return [];
  return [{ heading: `${where} ${contestedText(files - clean.files)}`, evaluation: clean }];
}

/** @throws DeepInfantError `one-class` unless there are cries and other recordings */
function checkClasses(recordings: readonly { label: string }[], where: string): void {
  if (hasBothClasses(recordings)) return;
  const missing = recordings.some(isCry)
    ? 'only cries, so nothing could be a false alarm'
    : "no recording with the label 'cry', so there is nothing to find";
  throw new DeepInfantError('one-class', `${where} contains ${missing}. Add some to the corpus.`);
}

function hasBothClasses(recordings: readonly { label: string }[]): boolean {
  return recordings.some(isCry) && !recordings.every(isCry);
}

/** Scores the recordings as `classify` does. Those that cannot be read to their end are reported and left out. */
async function score(
  subject: Subject,
  signal: AbortSignal,
): Promise<{
  source: string | undefined;
  manifest: ModelManifest;
  scored: ScoredRecording[];
  unreadable: string[];
}> {
  const classifier = await loadClassifier(subject.model);
  const scored: ScoredRecording[] = [];
  const unreadable: string[] = [];
  try {
    const results = hearSeveral(subject.recordings, async recording => ({
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
  return { source: subject.leftOut, manifest: classifier.manifest, scored, unreadable };
}
