/** Descent ends when no slope of the loss exceeds 3 hundredths of a point's, or after so many steps. */
const LEAST_SLOPE = 0.03;
const MOST_STEPS = 300;
/** Steps of the power iteration that finds the step size. */
const POWER_STEPS = 8;

/** A point in feature space and its class, 0 to classes - 1. */
export interface LabelledPoint {
  features: ArrayLike<number>;
  label: number;
  /** What is known about the classes without the features: added to the logits. Default: 0. */
  offsets?: readonly number[];
  /** How much it counts; default: 1. */
  weight?: number;
}

/**
 * Multinomial logistic regression on features that are standardised by the points it learned from: least mean
 * cross-entropy plus l2 / 2 times the squared weights (not the biases).
 */
export class LogisticRegression {
  private readonly scaling: Standardising;
  private readonly weights: Float64Array[];

  /** @param classes number of classes, also of those without a point */
  constructor(points: readonly LabelledPoint[], classes: number, l2: number) {
    this.scaling = new Standardising(points.map(({ features }) => features));
    const inputs = points.map(point => ({ ...point, features: this.inputs(point.features) }));
    const penalties = [...this.scaling.mean].map(() => l2 * points.length);
    this.weights = fitLogistic(inputs, classes, [...penalties, 0]);
  }

  /** The classes' probabilities at a point. */
  probabilities(features: ArrayLike<number>): number[] {
    return softmax(logitsOf(this.inputs(features), this.weights));
  }

  /** Standardised features, followed by a 1 for the biases. */
  private inputs(features: ArrayLike<number>): Float64Array {
    return Float64Array.of(...this.scaling.of(features), 1);
  }
}

/** Scales features so that those of the given points have mean 0 and variance 1. */
export class Standardising {
  readonly mean: Float64Array;
  private readonly deviation: Float64Array;

  /**
   * @param points at least one
   * @param priorPoints weight, in points, of the mean variance of all features: with few points, a feature's own variance
   * may be nearly 0 by chance
   */
  constructor(points: readonly ArrayLike<number>[], priorPoints = 0) {
    const sums = new Float64Array(points[0].length);
    const squares = new Float64Array(sums.length);
    for (const point of points) for (let i = 0; i < sums.length; i++) sums[i] += point[i];
    this.mean = sums.map(sum => sum / points.length);
    for (const point of points)
      for (let i = 0; i < sums.length; i++) squares[i] += (point[i] - this.mean[i]) ** 2;
    const prior = (priorPoints * squares.reduce((a, b) => a + b, 0)) / squares.length / points.length;
    // A feature that never changes says nothing, and must not be divided by 0.
    this.deviation = squares.map(square => Math.sqrt((square + prior) / (points.length + priorPoints)) || 1);
  }

  of(features: ArrayLike<number>): Float64Array {
    return this.mean.map((mean, i) => (features[i] - mean) / this.deviation[i]);
  }
}

/**
 * The weights that minimise the sum of the points' cross-entropies plus half the sum of penalty times squared weight:
 * the likeliest ones if each is drawn from a normal distribution of variance 1 / penalty. Accelerated gradient descent
 * (Nesterov 1983; Beck and Teboulle 2009), its step by the largest curvature that the loss can have: half the inputs'
 * largest second moment (Böhning 1992).
 * @param points at least one
 * @param penalties of each input
 * @returns of each input, a number a class
 */
export function fitLogistic(
  points: readonly LabelledPoint[],
  classes: number,
  penalties: readonly number[],
): Float64Array[] {
  const inputs = penalties.length;
  const rows = points.map(({ features }) => Float64Array.from(features));
  const steepest = largestMoment(rows, points, inputs) / 2 + Math.max(...penalties);
  // Where the penalties curve the loss in every direction, less momentum gets there sooner (Nesterov 2004).
  const flatness = Math.sqrt(steepest / Math.min(...penalties));
  const mostMomentum = flatness < Infinity ? (flatness - 1) / (flatness + 1) : 1;
  // Input by input, a number a class: this is run after each answer, and must be quick.
  const weights = new Float64Array(inputs * classes);
  const ahead = new Float64Array(weights.length);
  const slope = new Float64Array(weights.length);
  const errors = new Float64Array(classes);
  for (let step = 0; step < MOST_STEPS; step++) {
    for (let i = 0; i < inputs; i++)
      for (let k = 0; k < classes; k++) slope[i * classes + k] = penalties[i] * ahead[i * classes + k];
    points.forEach(({ label, offsets, weight = 1 }, p) => {
      const row = rows[p];
      for (let k = 0; k < classes; k++) errors[k] = offsets ? offsets[k] : 0;
      for (let i = 0, w = 0; i < inputs; i++, w += classes) {
        const input = row[i];
        if (input !== 0) for (let k = 0; k < classes; k++) errors[k] += input * ahead[w + k];
      }
      toErrors(errors, label, weight);
      for (let i = 0, w = 0; i < inputs; i++, w += classes) {
        const input = row[i];
        if (input !== 0) for (let k = 0; k < classes; k++) slope[w + k] += input * errors[k];
      }
    });
    let steepness = 0;
    const momentum = Math.min(step / (step + 3), mostMomentum);
    for (let w = 0; w < weights.length; w++) {
      const next = ahead[w] - slope[w] / steepest;
      const move = next - weights[w];
      steepness = Math.max(steepness, Math.abs(slope[w]));
      ahead[w] = next + momentum * move;
      weights[w] = next;
    }
    if (steepness < LEAST_SLOPE) break;
  }
  return penalties.map((_, i) => weights.slice(i * classes, (i + 1) * classes));
}

/** Turns logits, in place, into the weighted differences between their probabilities and the truth. */
function toErrors(logits: Float64Array, label: number, weight: number): void {
  let largest = -Infinity;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) sum += logits[k] = Math.exp(logits[k] - largest);
  for (let k = 0; k < logits.length; k++) logits[k] = weight * (logits[k] / sum - (k === label ? 1 : 0));
}

/** The classes' logits at a point. */
export function logitsOf(
  features: ArrayLike<number>,
  weights: readonly Float64Array[],
  offsets?: readonly number[],
): number[] {
  const logits = offsets ? [...offsets] : new Array<number>(weights[0].length).fill(0);
  for (let i = 0; i < weights.length; i++) {
    const input = features[i];
    if (input === 0) continue;
    const row = weights[i];
    for (let k = 0; k < logits.length; k++) logits[k] += input * row[k];
  }
  return logits;
}

/** Probabilities in proportion to the powers of e. */
export function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map(logit => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map(power => power / sum);
}

/** Largest eigenvalue of the sum of the inputs' outer products, by power iteration. */
function largestMoment(
  rows: readonly Float64Array[],
  points: readonly LabelledPoint[],
  inputs: number,
): number {
  let direction = new Float64Array(inputs).fill(1 / Math.sqrt(inputs));
  let moment = 0;
  for (let step = 0; step < POWER_STEPS; step++) {
    const next = new Float64Array(inputs);
    rows.forEach((row, p) => {
      let along = 0;
      for (let i = 0; i < inputs; i++) along += row[i] * direction[i];
      along *= points[p].weight ?? 1;
      for (let i = 0; i < inputs; i++) next[i] += along * row[i];
    });
    moment = Math.sqrt(next.reduce((sum, value) => sum + value ** 2, 0));
    if (moment === 0) return 0;
    direction = next.map(value => value / moment);
  }
  return moment;
}
