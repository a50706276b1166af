import { LogisticRegression } from '../../maths/logistic.js';
import { MN04_BABY_CRY, MN04_CLASSES } from './mn04.js';
import { TEACHER_CLASSES, TEACHER_CRY_CLASSES } from './teacher.js';

/** Penalty of squared weights. The worst source decides: with a tenth of it, recall of a source left out falls. */
const L2 = 1;
/** YAMNet's scores are this far from 0 and 1 at least. */
const LEAST_SCORE = 1e-4;

/** What two teachers heard in a stretch of sound: mn04's logits, then YAMNet's log odds of crying. */
export type JointFeatures = Float64Array;

/** What two teachers heard in a recording, and what it is. */
export interface JointExample {
  features: JointFeatures;
  isCry: boolean;
}

/**
 * What two teachers heard in the loudest windows of a stretch of sound.
 * @param yamnet scores [windows x TEACHER_CLASSES]
 * @param mn04 logits [windows x MN04_CLASSES]
 */
export function jointFeatures(yamnet: Float32Array, mn04: Float32Array): JointFeatures {
  const features = new Float64Array(MN04_CLASSES + 1).fill(-Infinity);
  for (let i = 0; i < mn04.length; i++)
    features[i % MN04_CLASSES] = Math.max(features[i % MN04_CLASSES], mn04[i]);
  const score = Math.min(
    1 - LEAST_SCORE,
    Math.max(LEAST_SCORE, highestOf(yamnet, TEACHER_CLASSES, TEACHER_CRY_CLASSES)),
  );
  features[MN04_CLASSES] = Math.log(score / (1 - score));
  return features;
}

/** The highest score of any of the given classes in any window. */
export function highestOf(windows: Float32Array, classes: number, wanted: readonly number[]): number {
  let highest = -Infinity;
  for (let i = 0; i < windows.length; i += classes)
    for (const c of wanted) highest = Math.max(highest, windows[i + c]);
  return highest;
}

/**
 * What YAMNet and mn04 hear together: the mean of their log odds of crying, corrected by a logistic regression on all that
 * they hear. Cries and other sounds count the same. The regression is kept close to the mean: with less penalty it learns
 * the sources of its recordings, and a source that was left out is heard worse than by the mean alone.
 */
export class JointTeacher {
  private readonly correction: LogisticRegression;

  /** @param examples recordings to learn from, with and without a cry */
  constructor(examples: readonly JointExample[]) {
    const cries = examples.filter(({ isCry }) => isCry).length;
    const points = examples.map(({ features, isCry }) => ({
      features,
      label: isCry ? 1 : 0,
      offsets: [0, meanLogOdds(features)],
      weight: examples.length / 2 / (isCry ? cries : examples.length - cries),
    }));
    this.correction = new LogisticRegression(points, 2, L2);
  }

  /** Log odds of a cry. */
  logOdds(features: JointFeatures): number {
    const [other, cry] = this.correction.probabilities(features);
    return meanLogOdds(features) + Math.log(cry / other);
  }
}

/** The mean of both teachers' log odds of crying. */
export function meanLogOdds(features: JointFeatures): number {
  return (features[MN04_BABY_CRY] + features[MN04_CLASSES]) / 2;
}
