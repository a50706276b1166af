import { indexOfLargest, mean } from './statistics.js';

/** A probability that was stated, and whether it came true. */
export interface Claim {
  /** In [0, 1]. */
  confidence: number;
  isRight: boolean;
}

/** Claims whose confidence lies in [from, to), the last bin's in [from, to]. */
export interface ReliabilityBin {
  from: number;
  to: number;
  count: number;
  /** Mean confidence, and share that came true; 0 in an empty bin. */
  meanConfidence: number;
  rightShare: number;
}

const BINS = 15;

/** Probabilities against what came true, in 15 bins of equal width (Guo et al. 2017, arXiv 1706.04599). */
export function reliabilityBins(claims: readonly Claim[]): ReliabilityBin[] {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const { confidence, isRight } of claims) {
    const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))];
    bin.count++;
    bin.confidence += confidence;
    if (isRight) bin.right++;
  }
  return bins.map(({ count, confidence, right }, i) => ({
    from: i / BINS,
    to: (i + 1) / BINS,
    count,
    meanConfidence: confidence / Math.max(1, count),
    rightShare: right / Math.max(1, count),
  }));
}

/**
 * Expected calibration error: the distance between mean confidence and the share that came true, averaged over the claims
 * of all bins (Naeini, Cooper and Hauskrecht 2015), in [0, 1]; NaN without a claim.
 */
export function expectedCalibrationError(claims: readonly Claim[]): number {
  const distances = reliabilityBins(claims).map(
    ({ count, meanConfidence, rightShare }) => count * Math.abs(meanConfidence - rightShare),
  );
  return distances.reduce((a, b) => a + b) / claims.length;
}

/** Share of the claims that came true; NaN without a claim. */
export function accuracyOf(claims: readonly Claim[]): number {
  return mean(claims.map(({ isRight }) => Number(isRight)));
}

/** The claim that the likeliest of some classes is the true one. @param label the class that is */
export function claimOf(probabilities: readonly number[], label: number): Claim {
  const likeliest = indexOfLargest(probabilities);
  return { confidence: probabilities[likeliest], isRight: likeliest === label };
}
