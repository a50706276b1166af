import { calibrated, type Calibration } from '../model/calibration.js';

/** Area under the ROC curve: the chance that a positive scores above a negative, ties half (Mann and Whitney 1947). */
export function auc(positives: readonly number[], negatives: readonly number[]): number {
  const all = [
    ...positives.map(score => ({ score, positive: true })),
    ...negatives.map(score => ({ score, positive: false })),
  ].sort((a, b) => a.score - b.score);
  let wins = 0;
  let below = 0;
  for (let i = 0; i < all.length;) {
    let j = i;
    let tiedPositives = 0;
    while (j < all.length && all[j].score === all[i].score) tiedPositives += all[j++].positive ? 1 : 0;
    const tiedNegatives = j - i - tiedPositives;
    wins += tiedPositives * (below + tiedNegatives / 2);
    below += tiedNegatives;
    i = j;
  }
  return wins / (positives.length * negatives.length);
}

/** Share of positives above the threshold that lets at most this share of negatives through. */
export function recallAt(
  falseAlarmRate: number,
  positives: readonly number[],
  negatives: readonly number[],
): number {
  const threshold = thresholdAt(falseAlarmRate, negatives);
  return positives.filter(score => score > threshold).length / positives.length;
}

/** The score that at most this share of negatives exceeds. */
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
      const p = calibrated(x, { a, b });
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

/** What scores say: AUC, and recall at false-alarm rates of 0.5, 1.6 and 6 %. */
export interface Figures {
  auc: number;
  recallAt: { '0.005': number; '0.016': number; '0.06': number };
}

export function figuresOf(scored: readonly { label: string; score: number }[]): Figures {
  const cries = scored.filter(s => s.label === 'cry').map(s => s.score);
  const others = scored.filter(s => s.label !== 'cry').map(s => s.score);
  return {
    auc: auc(cries, others),
    recallAt: {
      '0.005': recallAt(0.005, cries, others),
      '0.016': recallAt(0.016, cries, others),
      '0.06': recallAt(0.06, cries, others),
    },
  };
}
