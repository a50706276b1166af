import { fitLogistic, logitsOf } from '../model/logistic.js';
import { REASONS, type Intensity } from '../values.js';
import type { Situation } from './context.js';
import { centred } from './evidence.js';

/**
 * Precisions of the normal distributions around 0 from which a baby's own weights are taken to be drawn: how much babies
 * differ in how common a reason is, and in what a situation means. A weight that only n cries tell of is shrunk by about
 * n / (n + k), where k is its precision over a reason's variance of a quarter at most.
 */
const BIAS_PRECISION = 1;
const SITUATION_PRECISION = 3;

/** Shares of the time after which a need returns at which this baby may differ from others; between two, both count. */
const SHARES = [0, 0.5, 1, 1.5];

/** What a situation is to the model: numbers in [-1, 1], 0 for what is not known. */
export function featuresOf(
  situation: Situation | undefined,
  intensity: Intensity,
  isSudden: boolean,
): number[] {
  const { shares, asleep, hour } = situation ?? { shares: {}, asleep: undefined, hour: undefined };
  const angle = ((hour ?? 0) / 24) * 2 * Math.PI;
  return [
    ...hats(shares.feed),
    ...hats(shares.awake),
    ...hats(shares.change),
    Number(asleep === 'short'),
    Number(asleep === 'long'),
    ...(hour === undefined ? [0, 0] : [Math.cos(angle), Math.sin(angle)]),
    Number(intensity === 'fuss'),
    Number(intensity === 'scream'),
    Number(isSudden),
  ];
}

/** How near a share is to each of SHARES: 1 at it, 0 at its neighbours and beyond. */
function hats(share: number | undefined): number[] {
  if (share === undefined) return SHARES.map(() => 0);
  const place = Math.min(share / 0.5, SHARES.length - 1);
  return SHARES.map((_, i) => Math.max(0, 1 - Math.abs(place - i)));
}

export const FEATURES = featuresOf(undefined, 'cry', false).length;

/** An answered cry: what was known of it, and what it was. */
export interface Lesson {
  /** Logarithms of what holds for all babies, in the order of REASONS. */
  general: readonly number[];
  features: readonly number[];
  /** Index of REASONS. */
  label: number;
  weight: number;
}

/**
 * What answers teach of one baby beyond what holds for all: how common each reason is, and what feeds, sleep, changes,
 * the hour and the intensity mean. A logistic regression from what holds for all onwards, so that it changes nothing
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

  /** Logarithms in the order of REASONS: how common each is in this baby, and what its earlier cries in such situations say. */
  logs(features: readonly number[]): { common: number[]; situation: number[] } {
    const none = REASONS.map(() => 0);
    if (!this.weights) return { common: none, situation: none };
    return {
      common: centred([...this.weights[FEATURES]]),
      situation: centred(logitsOf(features, this.weights.slice(0, FEATURES))),
    };
  }
}
