import { fitLogistic, logitsOf } from '../maths/logistic.js';
import { REASONS, type Intensity } from '../values.js';
import type { Situation } from './context.js';
import { centre } from './evidence.js';

/**
 * Precisions of the normal distributions around 0 that a baby's own weights are assumed to come from: how much babies
 * differ in how common a reason is, and in what a situation means. A weight that n cries inform is shrunk by about
 * n / (n + k), where k is its precision over the variance of a reason, at most a quarter.
 */
const BIAS_PRECISION = 2;
const SITUATION_PRECISION = 12;

/**
 * Times at which this baby may differ from others; in between, both neighbours count. Since a need was met: each half of
 * the time after which it returns. Since the last cry: half an hour, then twice as long each time.
 */
const STEPS = 4;
const STEP = 0.5;
const SHORTEST_SINCE_CRY_H = 0.5;

/** A situation as the model sees it: numbers in [-1, 1], 0 for what is unknown. */
export function featuresOf(
  situation: Situation | undefined,
  intensity: Intensity,
  isSudden: boolean,
): number[] {
  const { shares = {}, asleep, sinceCryH, hour }: Partial<Situation> = situation ?? {};
  const angle = ((hour ?? 0) / 24) * 2 * Math.PI;
  return [
    ...hats(shares.feed && shares.feed / STEP),
    ...hats(shares.awake && shares.awake / STEP),
    ...hats(shares.change && shares.change / STEP),
    ...hats(sinceCryH && Math.log2(sinceCryH / SHORTEST_SINCE_CRY_H)),
    Number(asleep === 'short'),
    Number(asleep === 'long'),
    ...(hour === undefined ? [0, 0] : [Math.cos(angle), Math.sin(angle)]),
    Number(intensity === 'fuss'),
    Number(intensity === 'scream'),
    Number(isSudden),
  ];
}

/** How near a place is to each of 0, 1, 2 and 3 or more: 1 there, 0 at the neighbours and beyond. */
function hats(place: number | undefined): number[] {
  const within = Math.min(Math.max(place ?? NaN, 0), STEPS - 1);
  return Array.from({ length: STEPS }, (_, i) => Math.max(0, 1 - Math.abs(within - i)) || 0);
}

export const FEATURES = featuresOf(undefined, 'cry', false).length;

/** An answered cry: what was known about it, and what it was. */
export interface Lesson {
  /** Logarithms of what holds for all babies, in the order of REASONS. */
  general: readonly number[];
  features: readonly number[];
  /** Index of REASONS. */
  label: number;
  weight: number;
}

/**
 * What answers teach about one baby beyond what holds for all: how common each reason is, and what feeds, sleep, changes,
 * the hour and the intensity mean. A logistic regression that starts from what holds for all, so that it changes nothing
 * where the answers are as expected.
 */
export class PersonalModel {
  private readonly weights: Float64Array[] | undefined;

  constructor(lessons: readonly Lesson[]) {
    if (lessons.length === 0) return;
    const points = lessons.map(({ general, features, label, weight }) => ({
      features: [...features, 1],
      offsets: general,
      label,
      weight,
    }));
    const penalties = [...new Array<number>(FEATURES).fill(SITUATION_PRECISION), BIAS_PRECISION];
    this.weights = fitLogistic(points, REASONS.length, penalties);
  }

  /** Logarithms in the order of REASONS: how common each is in this baby, and what earlier cries in similar situations say. */
  logs(features: readonly number[]): { common: number[]; situation: number[] } {
    const none = REASONS.map(() => 0);
    if (!this.weights) return { common: none, situation: none };
    return {
      common: centre([...this.weights[FEATURES]]),
      situation: centre(logitsOf(features, this.weights.slice(0, FEATURES))),
    };
  }
}
