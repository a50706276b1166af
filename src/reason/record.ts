import { accuracyOf, claimOf, expectedCalibrationError } from '../maths/reliability.js';
import type { ReasonEstimate } from '../values.js';
import type { Prediction, Predictor } from './prediction.js';

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
    accuracy: numberOrNull(accuracyOf(claims)),
    baselineAccuracy: numberOrNull(accuracyOf(baseline)),
    calibrationError: numberOrNull(expectedCalibrationError(claims)),
  };
}

/** Null before the first answer. */
function numberOrNull(figure: number): number | null {
  return Number.isNaN(figure) ? null : figure;
}
