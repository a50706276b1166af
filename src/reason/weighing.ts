import { softmax } from '../maths/logistic.js';

/** A cry whose reason became known, and what each piece of evidence had said: logarithms for each class. */
export interface Weighed {
  parts: readonly (readonly number[])[];
  label: number;
}

/** What a part's weight is assumed to be before anything is known: a normal distribution. */
export interface WeightPrior {
  mean: number;
  precision: number;
}

const STEPS = 8;

/**
 * The weights that pieces of evidence earned: with them, sum(weight * part) makes what became known likeliest. They are at
 * least 0 and shrunk towards their priors. With one part this is temperature scaling (Guo et al. 2017), with several a
 * pool of opinions (Genest and Zidek 1986). Fitted with Newton's method.
 */
export function earnedWeights(cries: readonly Weighed[], priors: readonly WeightPrior[]): number[] {
  let weights = priors.map(({ mean }) => mean);
  for (let step = 0; step < STEPS; step++) {
    const slope = priors.map(({ mean, precision }, i) => precision * (weights[i] - mean));
    const curvature = priors.map(({ precision }, i) => priors.map((_, j) => (i === j ? precision : 0)));
    for (const { parts, label } of cries) {
      const p = softmax(parts[0].map((_, k) => weights.reduce((sum, w, i) => sum + w * parts[i][k], 0)));
      const means = parts.map(part => part.reduce((sum, log, k) => sum + p[k] * log, 0));
      parts.forEach((part, i) => {
        slope[i] += means[i] - part[label];
        parts.forEach((other, j) => {
          curvature[i][j] += p.reduce((sum, pk, k) => sum + pk * part[k] * other[k], 0) - means[i] * means[j];
        });
      });
    }
    const move = solve(curvature, slope);
    weights = weights.map((w, i) => Math.max(0, w - move[i]));
  }
  return weights;
}

/** The x of matrix * x = vector, for a symmetric matrix with positive eigenvalues (Gauss). */
function solve(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, vector[i]]);
  rows.forEach((row, i) => {
    for (const other of rows) {
      if (other === row) continue;
      const share = other[i] / row[i];
      row.forEach((value, j) => (other[j] -= share * value));
    }
  });
  return rows.map((row, i) => row[rows.length] / row[i]);
}
