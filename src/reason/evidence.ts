import { mean } from '../maths/statistics.js';
import { REASONS, type Contribution, type Reason } from '../values.js';
import { factorText } from './phrase.js';

/** A piece of evidence before it is put into words. */
export interface Evidence {
  part: Contribution['part'];
  reason: Reason;
  /** Logarithm of the odds factor. */
  log: number;
  /** What is known: 'last feed 3 h 10 min ago'. */
  fact: string;
}

/** The sum of the logarithms for each reason, in the order of REASONS. */
export function logsOf(evidence: readonly Evidence[]): number[] {
  return REASONS.map(reason =>
    evidence.reduce((sum, piece) => (piece.reason === reason ? sum + piece.log : sum), 0),
  );
}

/** Makes evidence count more or less: its odds factor to the power of a weight. */
export function weigh(evidence: Evidence, weight: number): Evidence {
  return { ...evidence, log: weight * evidence.log };
}

/** Puts evidence into words. */
export function toContribution({ part, reason, log, fact }: Evidence): Contribution {
  const factor = Math.exp(log);
  return { part, reason, factor, text: `${fact}: ${factorText(reason, factor)}` };
}

/** Subtracts the mean of logarithms: they become odds against the average of the others. */
export function centre(logs: readonly number[]): number[] {
  const middle = mean(logs);
  return logs.map(log => log - middle);
}
