import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { scenePage, sceneTable, type SceneMeasurement } from '../evaluation/scene-report.js';
import { figuresOfNights, playScene, sweepsOfNights } from '../evaluation/scene.js';
import { loadClassifier } from '../../model/load.js';
import { openTeacher } from '../teacher/open-teacher.js';
import { ScoreCache } from '../teacher/score-cache.js';
import type { WindowTeacher } from '../teacher/window-teacher.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { readSamples } from '../../audio/recording.js';
import { isDoubtful, readVerdicts } from '../detector/verdicts.js';
import { print, printJson, printTable } from '../../cli/output.js';
import { ProgressLine } from '../../cli/progress-line.js';
import type { Subject } from './subjects.js';

export interface SceneOptions {
  data: string;
  subjects: readonly Subject[];
  nights: number;
  hours: number;
  seed: number;
  /** Files of teachers by name. */
  rivals: ReadonlyMap<string, string>;
  /** Folder of what teachers heard. */
  cache: string;
  json: boolean;
  /** Folder of the report; without it, none is written. */
  out: string | undefined;
  command: string;
  signal: AbortSignal;
}

/** Minutes of nights from one line of progress to the next in a log. */
const LOGGED_MINUTES = 60;

/** `deepinfant evaluate --scene`: plays nights made from its recordings to each subject's model. */
export async function evaluateScene({
  data,
  subjects,
  nights,
  hours,
  seed,
  rivals: files,
  cache: folder,
  json,
  out,
  command,
  signal,
}: SceneOptions): Promise<void> {
  const verdicts = await readVerdicts(data);
  const teachers = new Map<string, WindowTeacher>();
  for (const [name, file] of files) teachers.set(name, await openTeacher(file));
  const cache = new ScoreCache(folder);
  const rivals = new Map(
    [...teachers].map(([name, teacher]) => {
      const crying = (samples: Float32Array): Promise<Float32Array> => cache.cryingOf(teacher, samples);
      return [name, { window: teacher.window, crying }];
    }),
  );
  const total = subjects.length * nights;
  const results: SceneMeasurement['nights'][number][] = [];
  let model = { name: '', version: '' };
  const progress = new ProgressLine(LOGGED_MINUTES);
  const nightMinutes = Math.round(60 * hours);
  const sources = new Map<string, SceneMeasurement['nights']>();
  for (const { model: modelFolder, recordings, leftOut } of subjects) {
    // A night measures nothing if its truth is in doubt.
    const sure = recordings.filter(recording => !isDoubtful(recording, verdicts.get(recording.path)));
    const classifier = await loadClassifier(modelFolder);
    const { name, version } = classifier.manifest;
    model = { name, version };
    try {
      for (let night = 0; night < nights; night++) {
        const settings = { hours, seed: seed + results.length };
        const read = (recording: { file: string }): Promise<Float32Array> => readSamples(recording.file);
        results.push(
          await playScene(sure, read, classifier, rivals, settings, heardS => {
            signal.throwIfAborted();
            progress.show({
              part: 'minutes of nights',
              done: nightMinutes * results.length + Math.floor(heardS / 60),
              total: nightMinutes * total,
            });
          }),
        );
      }
    } finally {
      progress.clear();
      await classifier.close();
    }
    if (leftOut !== undefined) sources.set(leftOut, results.slice(-nights));
  }
  for (const teacher of teachers.values()) await teacher.close();

  if (json) {
    const figures = (of: SceneMeasurement['nights']) => ({
      presets: figuresOfNights(of.map(result => result.presets)),
      rivals: figuresOfNights(of.map(result => result.rivals)),
    });
    const bySource = Object.fromEntries([...sources].map(([source, of]) => [source, figures(of)]));
    const more = sources.size > 0 ? { sources: bySource } : {};
    const curves = sweepsOfNights(model.name, results);
    printJson({ model, nights: total, hours, ...figures(results), curves, ...more });
  } else {
    printTable(sceneTable(results));
    for (const [source, of] of sources) {
      print(`\nSource ${source} left out:`);
      printTable(sceneTable(of));
    }
  }
  if (out === undefined) return;
  const report = path.join(out, 'index.html');
  await mkdir(out, { recursive: true });
  await writeAtomically(
    report,
    scenePage({ model, data, hours, nights: results, sources, date: new Date(), command }),
  );
  if (!json) print(`\nReport: ${report}`);
}
