import { mean } from '../maths/statistics.js';
import { REASONS, type Contribution, type Reason } from '../values.js';
import { factorText } from './phrase.js';

/** A piece of evidence before it is put in words. */
export interface Evidence {
  part: Contribution['part'];
  reason: Reason;
  /** Logarithm of the odds factor. */
  log: number;
  /** What is known: 'last feed 3 h 10 min ago'. */
  fact: string;
}

/** Each reason's logarithm, in the order of REASONS: the sum of what concerns it. */
export function logsOf(evidence: readonly Evidence[]): number[] {
  return REASONS.map(reason =>
    evidence.reduce((sum, piece) => (piece.reason === reason ? sum + piece.log : sum), 0),
  );
}

/** Counting more or less: its odds factor to the power of a weight. */
export function weighted(evidence: Evidence, weight: number): Evidence {
  return { ...evidence, log: weight * evidence.log };
}

export function inWords({ part, reason, log, fact }: Evidence): Contribution {
  const factor = Math.exp(log);
  return { part, reason, factor, text: `${fact}: ${factorText(reason, factor)}` };
}

/** Logarithms less their mean: odds against the average of the others. */
export function centred(logs: readonly number[]): number[] {
  const middle = mean(logs);
  return logs.map(log => log - middle);
}
