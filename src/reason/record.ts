import type { ReasonEstimate } from '../values.js';
import type { Prediction, Predictor } from './prediction.js';

/** A probability that was told, and whether it came true. */
export interface Claim {
  confidence: number;
  isRight: boolean;
}

const BINS = 15;

/**
 * Expected calibration error: the distance of mean confidence from the share that came true, over the claims of 15 bins of
 * equal width (Naeini, Cooper and Hauskrecht 2015). Null without a claim.
 */
export function calibrationErrorOf(claims: readonly Claim[]): number | null {
  if (claims.length === 0) return null;
  // A bin's claims weigh as many as they are: its distance is that of sums.
  const excess = new Float64Array(BINS);
  for (const { confidence, isRight } of claims)
    excess[Math.min(BINS - 1, Math.floor(confidence * BINS))] += confidence - Number(isRight);
  return excess.reduce((sum, bin) => sum + Math.abs(bin), 0) / claims.length;
}

/**
 * The personal model is used unless the answers speak strongly against it: so that they are ten times as probable by the
 * general one (Jeffreys 1961). What it is behind by less may be chance.
 */
export const STRONG_EVIDENCE = Math.log(10);

/** What was told of cries before their answers were known, against these; which model to use is decided by it. */
export function recordOf(
  cries: readonly (Pick<Prediction, 'told' | 'uses'> & { label: number })[],
): Pick<ReasonEstimate, 'uses' | 'accuracy' | 'baselineAccuracy' | 'calibrationError'> {
  const loss = (by: Predictor): number =>
    cries.reduce((sum, { told, label }) => sum - Math.log(told[by][label]), 0);
  const claims = cries.map(({ told, uses, label }) => claimOf(told[uses], label));
  const baseline = cries.map(({ told, label }) => claimOf(told.commonest, label));
  return {
    uses: cries.length > 0 && loss('personal') - loss('general') < STRONG_EVIDENCE ? 'personal' : 'general',
    accuracy: accuracyOf(claims),
    baselineAccuracy: accuracyOf(baseline),
    calibrationError: calibrationErrorOf(claims),
  };
}

export function claimOf(probabilities: readonly number[], label: number): Claim {
  const confidence = Math.max(...probabilities);
  return { confidence, isRight: probabilities.indexOf(confidence) === label };
}

function accuracyOf(claims: readonly Claim[]): number | null {
  return claims.length === 0 ? null : claims.filter(({ isRight }) => isRight).length / claims.length;
}
