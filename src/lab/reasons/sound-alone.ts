import { DeepInfantError } from '../../errors.js';
import { bootstrapIntervals, type Interval } from '../evaluation/bootstrap.js';
import { indexOfLargest, mean } from '../../maths/statistics.js';
import { softmax } from '../../maths/logistic.js';
import { MEL7S_REASONS } from '../../model/mel7s.js';
import { earnedWeights, type Weighed } from '../../reason/weighing.js';
import { VOICE_PRIOR } from '../../baby/history.js';
import { HEAD_FOLDS, split, trainHead } from './protocol.js';
import type { HeadExample } from './reason-clips.js';

/** Figures of the reason from sound alone, on phones that it does not know, and of how common reasons are. */
export interface SoundAloneFigures {
  tested: number;
  phones: number;
  /** Mean negative logarithm of the true reason's probability, in nats. */
  logLoss: Record<'sound' | 'commonest', number>;
  /** The sound's log loss minus the other: below 0, the sound is better. With its 95% interval over phones. */
  difference: number;
  differenceInterval: Interval;
  accuracy: Record<'sound' | 'commonest', number>;
  /** The sound's weight in each fold: 0 for none, 1 for the head's full likelihood ratio. */
  weights: number[];
}

const FOLDS = 5;
/** Folds of the training set, to earn the weight on phones that the head did not learn from. */
const WEIGHING_FOLDS = 3;
/** At least one phone for each fold within a fold within a fold; the innermost choose the head's penalty. */
const LEAST_PHONES = FOLDS * WEIGHING_FOLDS * HEAD_FOLDS;
/** How common reasons are always counts in full. */
const COMMON_PRIOR = { mean: 1, precision: 1e9 };

/**
 * Measures a posterior from how common reasons are and from the head on CryNet's embedding. The head's likelihood ratio is
 * weighted as it earned on folds of the training set, with the prior by which a baby's voice earns its weight. Phones are
 * kept apart everywhere.
 * @param examples without copies; each reason from several phones
 * @throws DeepInfantError `too-few-recordings` if there are too few phones for folds within folds
 */
export function soundAlone(
  examples: readonly HeadExample[],
  seed: number,
  onFold: (done: number, total: number) => void,
): SoundAloneFigures {
  const phones = new Set(examples.map(({ group }) => group)).size;
  if (phones < LEAST_PHONES) {
    throw new DeepInfantError(
      'too-few-recordings',
      `Sound alone is measured on at least ${LEAST_PHONES} phones (split_group); the corpus has ${phones}. Add recordings.`,
    );
  }
  const weights: number[] = [];
  const judged = eachFold(examples, FOLDS, seed, (taught, tested, fold) => {
    onFold(fold, FOLDS);
    const earned = eachFold(taught, WEIGHING_FOLDS, seed, (some, others) =>
      partsOf(some, others, seed),
    ).flat();
    const [, weight] = earnedWeights(earned, [COMMON_PRIOR, VOICE_PRIOR]);
    weights.push(weight);
    return partsOf(taught, tested, seed).map(({ parts: [common, sound], label }, i) => ({
      group: tested[i].group,
      label,
      sound: softmax(common.map((log, k) => log + weight * sound[k])),
      commonest: softmax(common),
    }));
  }).flat();
  const meanOf = (some: typeof judged, of: (item: (typeof judged)[number]) => number): number =>
    mean(some.map(of));
  const ofBoth = (of: (p: readonly number[], label: number) => number): SoundAloneFigures['accuracy'] => ({
    sound: meanOf(judged, ({ sound, label }) => of(sound, label)),
    commonest: meanOf(judged, ({ commonest, label }) => of(commonest, label)),
  });
  const difference = (some: typeof judged): number =>
    meanOf(some, ({ sound, commonest, label }) => Math.log(commonest[label]) - Math.log(sound[label]));
  return {
    tested: judged.length,
    phones,
    logLoss: ofBoth((p, label) => -Math.log(p[label])),
    difference: difference(judged),
    differenceInterval: bootstrapIntervals(judged, some => [difference(some as typeof judged)])[0],
    accuracy: ofBoth((p, label) => Number(indexOfLargest(p) === label)),
    weights,
  };
}

function eachFold<T>(
  examples: readonly HeadExample[],
  folds: number,
  seed: number,
  judge: (taught: HeadExample[], tested: HeadExample[], fold: number) => T,
): T[] {
  const foldOf = split(examples, true, folds, seed);
  return Array.from({ length: folds }, (_, fold) =>
    judge(
      examples.filter((_, i) => foldOf[i] !== fold),
      examples.filter((_, i) => foldOf[i] === fold),
      fold,
    ),
  );
}

/** Logarithms for the tested cries: how common reasons are, and the likelihood of the sound. */
function partsOf(taught: readonly HeadExample[], tested: readonly HeadExample[], seed: number): Weighed[] {
  const head = trainHead(taught, true, seed);
  const common = MEL7S_REASONS.map((_, reason) =>
    Math.log(
      (taught.filter(example => example.reason === reason).length + 1) /
        (taught.length + MEL7S_REASONS.length),
    ),
  );
  return tested.map(({ embedding, reason }) => ({
    parts: [common, head.probabilities(embedding).map((p, k) => Math.log(p) - common[k])],
    label: reason,
  }));
}

/** The figures as rows of a table, the first its head. */
export function soundAloneTable(figures: SoundAloneFigures): string[][] {
  const { logLoss, accuracy, difference, differenceInterval, weights } = figures;
  const two = (value: number): string => value.toFixed(3);
  return [
    ['', 'log loss', 'accuracy'],
    ['sound, weighted as earned', two(logLoss.sound), two(accuracy.sound)],
    ['how common each reason is', two(logLoss.commonest), two(accuracy.commonest)],
    ['difference', `${two(difference)} (${differenceInterval.map(two).join(' to ')})`, ''],
    ['weight of the sound, by fold', weights.map(weight => weight.toFixed(2)).join(' '), ''],
  ];
}
