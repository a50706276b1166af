import { expectedCalibrationError } from '../../maths/reliability.js';
import { bootstrapIntervals, type Interval } from './bootstrap.js';
import {
  claimsOf,
  FALSE_ALARM_RATES,
  figuresOf,
  isCry,
  type FalseAlarmRate,
  type Figures,
} from './metrics.js';

/** A recording that a detector scored and did not learn from. */
export interface ScoredRecording {
  /** Path in the corpus: the recording's name. */
  path: string;
  label: string;
  /** Recordings that share a phone, upload or speaker. */
  group: string;
  source: string;
  /** Probability in [0, 1] that it contains a cry. */
  score: number;
  /** The cry's probability over time, each in the middle of its window, if it is known. */
  steps?: { atS: number; score: number }[];
}

/** Another detector's scores of the same recordings, by path; any scale on which larger is more of a cry. */
export type RivalScores = ReadonlyMap<string, number>;

/** How well a detector tells cries from other recordings, with 95% intervals over groups. */
export interface Evaluation extends Figures {
  groups: number;
  files: number;
  /** Expected calibration error. */
  ece: number;
  intervals: { auc: Interval; recallAt: Record<FalseAlarmRate, Interval>; ece: Interval };
  rivals: Record<string, Figures>;
}

/** @param recordings cries and others; each must be scored by all rivals */
export function evaluationOf(
  recordings: readonly ScoredRecording[],
  rivals: ReadonlyMap<string, RivalScores>,
): Evaluation {
  // Sorting sorted samples again costs almost nothing.
  const sorted = [...recordings].sort((a, b) => b.score - a.score);
  const [auc, at005, at016, at06, ece] = bootstrapIntervals(sorted, sample => {
    const figures = figuresOf(sample);
    const recalls = FALSE_ALARM_RATES.map(rate => figures.recallAt[rate]);
    return [figures.auc, ...recalls, expectedCalibrationError(claimsOf(sample))];
  });
  return {
    groups: groupsOf(recordings),
    files: recordings.length,
    ...figuresOf(recordings),
    ece: expectedCalibrationError(claimsOf(recordings)),
    intervals: { auc, recallAt: { '0.005': at005, '0.016': at016, '0.06': at06 }, ece },
    rivals: Object.fromEntries(
      [...rivals].map(([name, scores]) => [name, figuresOf(scoredByRival(recordings, scores))]),
    ),
  };
}

/** The recordings with a rival's scores in place of the detector's. */
export function scoredByRival(
  recordings: readonly ScoredRecording[],
  scores: RivalScores,
): { label: string; score: number }[] {
  return recordings.map(({ path, label }) => ({ label, score: scores.get(path)! }));
}

/** An evaluation as rows of a table, the first its head: a row for each figure, with its interval and the rivals'. */
export function figuresTable(
  name: string,
  { auc, recallAt, ece, intervals, rivals }: Evaluation,
): string[][] {
  const others = Object.values(rivals);
  const text = (value: number): string => value.toFixed(3);
  const range = ([low, high]: Interval): string => `${text(low)} to ${text(high)}`;
  return [
    ['', name, '95% interval', ...Object.keys(rivals)],
    ['AUC', text(auc), range(intervals.auc), ...others.map(rival => text(rival.auc))],
    ...FALSE_ALARM_RATES.map(rate => [
      `recall at ${(100 * Number(rate)).toFixed(1)}% false alarms`,
      text(recallAt[rate]),
      range(intervals.recallAt[rate]),
      ...others.map(rival => text(rival.recallAt[rate])),
    ]),
    ['expected calibration error', text(ece), range(intervals.ece), ...others.map(() => '')],
  ];
}

/** An evaluation of some of the recordings, under a heading that says which. */
export interface EvaluationPart {
  heading: string;
  evaluation: Evaluation;
}

/** The heading of the evaluation of the recordings of one fold, from whose training a source was left out. */
export function leftOutHeading(source: string, recordings: readonly ScoredRecording[]): string {
  const cries = recordings.filter(isCry);
  const others = recordings.length - cries.length;
  return `Source ${source} left out: ${cries.length} cries in ${groupsOf(cries)} groups, ${others} other recordings`;
}

/** Names the source that is heard worst when it is left out. @param aucs by source */
export function worstSourceText(aucs: ReadonlyMap<string, number>): string {
  const [source, auc] = [...aucs].reduce((worst, one) => (one[1] < worst[1] ? one : worst));
  return `Worst source: ${source} (AUC ${auc.toFixed(3)})`;
}

function groupsOf(recordings: readonly { group: string }[]): number {
  return new Set(recordings.map(({ group }) => group)).size;
}

/** Describes the recordings that are left out of clean figures. */
export function contestedText(count: number): string {
  return `the ${count} recordings whose label the spectrogram contradicts or leaves open`;
}
