import path from 'node:path';
import { readRecording } from '../../audio/recording.js';
import { concat } from '../../concat.js';
import { SAMPLE_RATE } from '../../values.js';
import { escapeText } from '../../pictures/escape.js';
import {
  figuresTable,
  scoredByRival,
  type Evaluation,
  type EvaluationPart,
  type RivalScores,
  type ScoredRecording,
} from './evaluation.js';
import { isCry, type Scored } from './metrics.js';
import { facts, figures, page, table } from './page.js';
import { precisionRecallPlot, reliabilityPlot, rocPlot, scoreHistogram } from './curves.js';
import { spectrogram } from '../../pictures/spectrogram.js';

/** How many errors of each kind are shown, and how much of a recording. */
const SHOWN_ERRORS = 10;
const SHOWN_S = 10;

/** What a report is about: a detector's scores of a corpus, and how they were obtained. */
export interface Measurement {
  model: { name: string; version: string };
  /** The corpus's folder, as given by the user. */
  data: string;
  recordings: readonly ScoredRecording[];
  /** Where a recording lies. */
  fileOf: (recording: ScoredRecording) => string;
  rivals: ReadonlyMap<string, RivalScores>;
  /** Scores at which a recording is called a cry, by name: the presets. */
  thresholds: Readonly<Record<string, number>>;
  /** Number of recordings with labels that are not used, by label; and what is wrong with those that could not be scored. */
  left: Readonly<Record<string, number>>;
  unreadable: readonly string[];
  date: Date;
  command: string;
}

/**
 * The report of a measurement as one HTML page: figures, curves, calibration, recall by source, false alarms by label,
 * and spectrograms of the worst errors.
 * @param evaluation `evaluationOf` the same recordings and rivals
 * @param parts evaluations of some of the recordings
 * @throws DeepInfantError if a recording to show cannot be read
 */
export async function reportPage(
  measurement: Measurement,
  evaluation: Evaluation,
  parts: readonly EvaluationPart[] = [],
): Promise<string> {
  const { model, data, recordings, rivals, thresholds, unreadable } = measurement;
  const name = `${model.name} ${model.version}`;
  const detectors = new Map<string, readonly Scored[]>([[name, recordings]]);
  for (const [rival, scores] of rivals) detectors.set(rival, scoredByRival(recordings, scores));
  const cries = recordings.filter(isCry).sort((a, b) => a.score - b.score);
  const others = recordings.filter(recording => !isCry(recording)).sort((a, b) => b.score - a.score);
  const body = [
    factsOf(measurement, evaluation),
    unreadable.length === 0 ? '' : unreadableText(unreadable),
    '<h2>Figures</h2>',
    '<p>Recall at a false-alarm rate is the share of cries found when at most that share of the other recordings is called a cry. The 95% intervals come from 1,000 bootstrap samples of the groups.</p>',
    table(figuresTable(name, evaluation)),
    ...parts.flatMap(part => [
      `<p>${escapeText(part.heading)}:</p>`,
      table(figuresTable(name, part.evaluation)),
    ]),
    '<h2>Finding cries</h2>',
    figures([{ svg: rocPlot(detectors, thresholds) }, { svg: precisionRecallPlot(detectors) }]),
    '<h2>Scores</h2>',
    figures([{ svg: reliabilityPlot(recordings) }, { svg: scoreHistogram(recordings) }]),
    '<h2>Cries found, by source</h2>',
    sharesTable(cries, ['source'], thresholds),
    '<h2>False alarms, by label and source</h2>',
    sharesTable(others, ['label', 'source'], thresholds),
    '<h2>Cries with the lowest scores</h2>',
    await pictures(cries.slice(0, SHOWN_ERRORS), measurement),
    '<h2>Other recordings with the highest scores</h2>',
    await pictures(others.slice(0, SHOWN_ERRORS), measurement),
  ];
  return page(`${name} on ${path.basename(path.resolve(data))}`, body.join('\n'));
}

function factsOf(
  { data, recordings, thresholds, left, date, command }: Measurement,
  { groups, files }: Evaluation,
): string {
  const cries = recordings.filter(isCry).length;
  const leftOut = Object.entries(left).map(([label, count]) => `${count} '${label}'`);
  const shown = Object.entries(thresholds).map(([name, at]) => `${name} ${at.toFixed(3)}`);
  return facts([
    ['data', data],
    ['recordings', `${files}: ${cries} cries and ${files - cries} others`],
    ['groups', `${groups} phones, uploads and speakers`],
    ['left out', leftOut.join(', ') || 'none'],
    ...(shown.length > 0 ? [['thresholds', shown.join(', ')] as const] : []),
    ['date', date.toISOString().slice(0, 16).replace('T', ' ') + ' UTC'],
    ['command', command],
  ]);
}

function unreadableText(unreadable: readonly string[]): string {
  const lines = unreadable.map(line => `<li>${escapeText(line)}</li>`).join('\n');
  return `<div class="warning"><strong>Recordings that could not be read to their end, and are missing below: ${unreadable.length}</strong><ul>${lines}</ul></div>`;
}

/** How many recordings are called a cry at each threshold, by the given properties. */
function sharesTable(
  recordings: readonly ScoredRecording[],
  by: readonly ('label' | 'source')[],
  thresholds: Readonly<Record<string, number>>,
): string {
  const parts = new Map<string, ScoredRecording[]>();
  for (const recording of recordings) {
    const key = by.map(property => recording[property]).join('\0');
    parts.set(key, [...(parts.get(key) ?? []), recording]);
  }
  const rowOf = (names: string[], part: readonly ScoredRecording[]): string[] => [
    ...names,
    String(part.length),
    String(new Set(part.map(({ group }) => group)).size),
    ...Object.values(thresholds).map(threshold => {
      const count = part.filter(({ score }) => score >= threshold).length;
      return `${count} (${((100 * count) / part.length).toFixed(1)}%)`;
    }),
  ];
  const rows = [...parts].sort().map(([key, part]) => rowOf(key.split('\0'), part));
  const all = rowOf(
    by.map((_, i) => (i === 0 ? 'all' : '')),
    recordings,
  );
  return table([[...by, 'recordings', 'groups', ...Object.keys(thresholds)], ...rows, all], by.length);
}

async function pictures(recordings: readonly ScoredRecording[], { fileOf }: Measurement): Promise<string> {
  const all: { svg: string; caption: string }[] = [];
  for (const recording of recordings) {
    const { path: name, label, source, score } = recording;
    all.push({
      svg: await pictureOf(recording, fileOf(recording)),
      caption: `${score.toFixed(3)} · ${label} · ${[source, name].filter(Boolean).join(' · ')}`,
    });
  }
  return figures(all);
}

/** The spectrogram of a recording, or of the part of a long one around its highest score. */
async function pictureOf({ steps = [] }: ScoredRecording, file: string): Promise<string> {
  const highest = steps.reduce((best, step) => (step.score > best.score ? step : best), { atS: 0, score: 0 });
  const fromS = Math.max(0, Math.floor(highest.atS - SHOWN_S / 2));
  const parts: Float32Array[] = [];
  for await (const { firstSample, samples } of readRecording(file)) {
    // Chunks begin at whole seconds.
    if (firstSample >= (fromS + SHOWN_S) * SAMPLE_RATE) break;
    if (firstSample >= fromS * SAMPLE_RATE) parts.push(samples);
  }
  const scores = steps.filter(({ atS }) => atS >= fromS && atS <= fromS + SHOWN_S);
  return spectrogram({ samples: concat(parts), fromS, scores });
}
