/** What turns the network's logit of a cry into a probability: sigmoid(a * logit + b). */
export interface Calibration {
  a: number;
  b: number;
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

export function calibrated(logit: number, { a, b }: Calibration): number {
  return sigmoid(a * logit + b);
}
