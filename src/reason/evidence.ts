import { mean } from '../maths/statistics.js';
import { REASONS, type Contribution, type EvidenceFact, type Reason } from '../values.js';

/** A piece of evidence. */
export interface Evidence {
  part: Contribution['part'];
  reason: Reason;
  /** Logarithm of the odds factor. */
  log: number;
  /** What is known. */
  fact: EvidenceFact;
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

/** What evidence contributes, before it is put into words. */
export type WordlessContribution = Omit<Contribution, 'text'> & { fact: EvidenceFact };

export function toContribution({ part, reason, log, fact }: Evidence): WordlessContribution {
  return { part, reason, factor: Math.exp(log), fact };
}

/** Subtracts the mean of logarithms: they become odds against the average of the others. */
export function centre(logs: readonly number[]): number[] {
  const middle = mean(logs);
  return logs.map(log => log - middle);
}
