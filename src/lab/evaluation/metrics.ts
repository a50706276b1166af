import type { Claim } from '../../maths/reliability.js';
import { calibrate, type Calibration } from '../../model/calibration.js';

/** A recording's cry score and its label. */
export interface Scored {
  label: string;
  score: number;
}

/** What a detector does with a threshold: it calls a cry whatever scores at least `threshold`. */
export interface OperatingPoint {
  threshold: number;
  /** Share of the cries, and of the others, that it calls a cry. */
  recall: number;
  falseAlarmRate: number;
  /** Share of cries among what it calls a cry; 1 if it calls nothing one. */
  precision: number;
}

/**
 * The points of the ROC and of the precision-recall curve: one for each score, from a threshold that nothing reaches to
 * the lowest score.
 */
export function operatingPoints(scored: readonly Scored[]): OperatingPoint[] {
  const sorted = [...scored].sort((a, b) => b.score - a.score);
  const cries = sorted.filter(isCry).length;
  const others = sorted.length - cries;
  const points = [{ threshold: Infinity, recall: 0 / cries, falseAlarmRate: 0 / others, precision: 1 }];
  let found = 0;
  sorted.forEach((recording, i) => {
    if (isCry(recording)) found++;
    if (recording.score === (sorted[i + 1] as Scored | undefined)?.score) return;
    points.push({
      threshold: recording.score,
      recall: found / cries,
      falseAlarmRate: (i + 1 - found) / others,
      precision: found / (i + 1),
    });
  });
  return points;
}

export function isCry({ label }: { label: string }): boolean {
  return label === 'cry';
}

/** How well scores separate cries from other recordings. */
export interface Figures {
  /** Area under the ROC curve: the chance that a cry scores above another recording, ties half (Mann and Whitney 1947). */
  auc: number;
  /** Share of the cries found with a threshold that at most 0.5, 1.6 or 6% of the other recordings reach. */
  recallAt: Record<FalseAlarmRate, number>;
}
export const FALSE_ALARM_RATES = ['0.005', '0.016', '0.06'] as const;
export type FalseAlarmRate = (typeof FALSE_ALARM_RATES)[number];

/** NaN without both cries and other recordings. */
export function figuresOf(scored: readonly Scored[]): Figures {
  const points = operatingPoints(scored);
  let auc = 0;
  for (let i = 1; i < points.length; i++) {
    const width = points[i].falseAlarmRate - points[i - 1].falseAlarmRate;
    auc += (width * (points[i].recall + points[i - 1].recall)) / 2;
  }
  const recallAt = (rate: FalseAlarmRate): number =>
    points.findLast(({ falseAlarmRate }) => falseAlarmRate <= Number(rate))?.recall ?? NaN;
  return {
    auc,
    recallAt: { '0.005': recallAt('0.005'), '0.016': recallAt('0.016'), '0.06': recallAt('0.06') },
  };
}

/** Each score as the claim that its recording is a cry. */
export function claimsOf(scored: readonly Scored[]): Claim[] {
  return scored.map(recording => ({ confidence: recording.score, isRight: isCry(recording) }));
}

/** The lowest score that at most this share of negatives exceeds. */
export function thresholdAt(falseAlarmRate: number, negatives: readonly number[]): number {
  const sorted = [...negatives].sort((a, b) => b - a);
  return sorted[Math.min(sorted.length - 1, Math.floor(falseAlarmRate * sorted.length))];
}

/**
 * Platt's calibration: a and b of sigmoid(a * logit + b) that minimise the cross-entropy, by Newton's method, on
 * Platt's smoothed targets, so that separable data stay finite (Platt 1999; Lin, Lin and Weng 2007).
 */
export function plattCalibration(positives: readonly number[], negatives: readonly number[]): Calibration {
  const points = [
    ...positives.map(x => ({ x, target: (positives.length + 1) / (positives.length + 2) })),
    ...negatives.map(x => ({ x, target: 1 / (negatives.length + 2) })),
  ];
  let a = 1;
  let b = 0;
  for (let iteration = 0; iteration < 50; iteration++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-9, 0, 1e-9];
    for (const { x, target } of points) {
      const p = calibrate(x, { a, b });
      const weight = p * (1 - p);
      ga += (p - target) * x;
      gb += p - target;
      haa += weight * x * x;
      hab += weight * x;
      hbb += weight;
    }
    const determinant = haa * hbb - hab * hab;
    a -= (hbb * ga - hab * gb) / determinant;
    b -= (haa * gb - hab * ga) / determinant;
  }
  return { a, b };
}
