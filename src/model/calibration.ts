/** What turns the network's logit of a cry into a probability: sigmoid(a * logit + b). */
export interface Calibration {
  a: number;
  b: number;
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Log odds of a probability; finite for 0 and 1, too. */
export function logit(probability: number): number {
  const p = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return Math.log(p / (1 - p));
}

/** Nothing is surer than this. */
const LEAST = 1e-6;

export function calibrate(logit: number, { a, b }: Calibration): number {
  return sigmoid(a * logit + b);
}
