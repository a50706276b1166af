import { reliabilityBins } from '../../maths/reliability.js';
import { claimsOf, isCry, operatingPoints, type OperatingPoint, type Scored } from './metrics.js';
import { plot, type Series } from '../../pictures/plot.js';

/** Lower rates are drawn as this one: it takes some thousand recordings to tell them apart. */
const LOWEST_RATE_PERCENT = 0.1;

/**
 * Recall against false-alarm rate of several detectors (ROC). The rate's axis is logarithmic, because its low end matters
 * most. The thresholds, by name, are marked on the first detector's curve.
 */
export function rocPlot(
  detectors: ReadonlyMap<string, readonly Scored[]>,
  thresholds: Readonly<Record<string, number>>,
): string {
  const curves = [...detectors].map(([name, scored]) => ({ name, points: operatingPoints(scored) }));
  const place = ({ falseAlarmRate, recall }: OperatingPoint): { x: number; y: number } => ({
    x: 100 * falseAlarmRate,
    y: 100 * recall,
  });
  const marks = Object.entries(thresholds).map(([text, threshold]) => {
    const point = curves[0].points.findLast(candidate => candidate.threshold >= threshold)!;
    return { ...place(point), text };
  });
  return plot({
    title: 'Recall against false-alarm rate (ROC)',
    x: {
      label: 'false-alarm rate: other recordings called a cry (%)',
      scale: 'log',
      from: LOWEST_RATE_PERCENT,
      to: 100,
    },
    y: { label: 'recall: cries found (%)', from: 0, to: 100 },
    series: [
      ...curves.map(({ name, points }): Series => ({ name, mark: 'line', points: points.map(place) })),
      ...(marks.length > 0 ? [{ name: 'thresholds', mark: 'dots', points: marks } as const] : []),
    ],
  });
}

/** Precision against recall of several detectors. */
export function precisionRecallPlot(detectors: ReadonlyMap<string, readonly Scored[]>): string {
  return plot({
    title: 'Precision against recall',
    x: { label: 'recall: cries found (%)', from: 0, to: 100 },
    y: { label: 'precision: cries among detections (%)', from: 0, to: 100 },
    series: [...detectors].map(([name, scored]) => ({
      name,
      mark: 'line',
      points: operatingPoints(scored).map(({ recall, precision }) => ({
        x: 100 * recall,
        y: 100 * precision,
      })),
    })),
  });
}

/** How often a score came true, for each bin of scores that holds recordings, with their number. */
export function reliabilityPlot(scored: readonly Scored[]): string {
  return plot({
    title: 'Reliability: how often a score comes true',
    x: { label: 'score', from: 0, to: 1 },
    y: { label: 'share of cries', from: 0, to: 1 },
    series: [
      {
        name: 'bins, with the number of recordings',
        mark: 'dots',
        points: reliabilityBins(claimsOf(scored))
          .filter(({ count }) => count > 0)
          .map(({ meanConfidence, rightShare, count }) => ({
            x: meanConfidence,
            y: rightShare,
            text: String(count),
          })),
      },
      {
        name: 'perfect',
        mark: 'dashed',
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
      },
    ],
  });
}

/** Numbers of cries and of other recordings by score, on a logarithmic axis: most scores are near 0 or 1. */
export function scoreHistogram(scored: readonly Scored[]): string {
  const cries = reliabilityBins(claimsOf(scored.filter(isCry)));
  const others = reliabilityBins(claimsOf(scored.filter(recording => !isCry(recording))));
  const [{ to: width }] = cries;
  return plot({
    title: 'Scores of cries and other recordings',
    x: { label: 'score', from: 0, to: 1 },
    y: { label: 'recordings', scale: 'log', from: 0.5, to: scored.length },
    series: [
      {
        name: 'cries',
        mark: 'bars',
        bars: cries.map(({ from, count }) => ({ from, to: from + 0.45 * width, value: count })),
      },
      {
        name: 'others',
        mark: 'bars',
        bars: others.map(({ from, count }) => ({
          from: from + 0.45 * width,
          to: from + 0.9 * width,
          value: count,
        })),
      },
    ],
  });
}
