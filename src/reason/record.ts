import { claimOf, expectedCalibrationError } from '../maths/reliability.js';
import { indexOfLargest } from '../maths/statistics.js';
import type { ReasonEstimate } from '../values.js';
import type { Prediction, Predictor } from './prediction.js';

/**
 * The personal model is used unless the answers speak strongly against it: until they are ten times as probable under the
 * general one (Jeffreys 1961). If it is behind by less, that may be chance.
 */
export const STRONG_EVIDENCE = Math.log(10);

/** How often predictions were right. */
export interface TrackRecord {
  answers: number;
  /** How often the likeliest class was right. */
  right: number;
  /** How often always saying the class that was commonest so far would have been right. */
  commonestRight: number;
}

export const NO_RECORD: TrackRecord = { answers: 0, right: 0, commonestRight: 0 };

/** A cry that was answered, and what had been predicted. Classes are reasons, or the babies of a room. */
export interface AnsweredPrediction {
  /** When it began, and when its answer was given, epoch ms. */
  onset: number;
  answeredAt: number;
  /** Index of the class that it was. */
  label: number;
  /** Of each class, as they were before the answer. */
  probabilities: readonly number[];
}

/**
 * The track record after each cry. The baseline knows what the prediction could know: the answers that were given before
 * the cry began. This is the only definition of 'always saying the commonest'.
 *
 * @param cries in the order of their onsets
 * @param sharesOf how common each class is, judging by how often it was answered earlier
 */
export function trackRecords(
  cries: readonly AnsweredPrediction[],
  sharesOf: (counts: readonly number[]) => readonly number[],
): TrackRecord[] {
  let record = NO_RECORD;
  const byAnswer = [...cries].sort((a, b) => a.answeredAt - b.answeredAt);
  const counts: number[] = (cries.at(0)?.probabilities ?? []).map(() => 0);
  let counted = 0;
  return cries.map(({ onset, label, probabilities }) => {
    for (; counted < byAnswer.length && byAnswer[counted].answeredAt <= onset; counted++)
      counts[byAnswer[counted].label]++;
    const commonest = indexOfLargest(sharesOf(counts));
    record = {
      answers: record.answers + 1,
      right: record.right + Number(indexOfLargest(probabilities) === label),
      commonestRight: record.commonestRight + Number(commonest === label),
    };
    return record;
  });
}

/** A track record as shares; null before the first answer. */
export function accuraciesOf({
  answers,
  right,
  commonestRight,
}: TrackRecord): Pick<ReasonEstimate, 'accuracy' | 'baselineAccuracy'> {
  if (answers === 0) return { accuracy: null, baselineAccuracy: null };
  return { accuracy: right / answers, baselineAccuracy: commonestRight / answers };
}

type LabelledPrediction = Pick<Prediction, 'told' | 'uses'> & { label: number };

/** Which model did better on cries whose answers it did not know. */
export function betterModel(cries: readonly LabelledPrediction[]): Predictor {
  const loss = (by: Predictor): number =>
    cries.reduce((sum, { told, label }) => sum - Math.log(told[by][label]), 0);
  return cries.length > 0 && loss('personal') - loss('general') < STRONG_EVIDENCE ? 'personal' : 'general';
}

/** Mean distance of stated confidence from accuracy, in [0, 1]; null before the first answer. */
export function calibrationErrorOf(cries: readonly LabelledPrediction[]): number | null {
  if (cries.length === 0) return null;
  return expectedCalibrationError(cries.map(({ told, uses, label }) => claimOf(told[uses], label)));
}
