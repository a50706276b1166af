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

/** No single piece of evidence makes a reason more than so many times as likely, or less: a model knows only what it saw. */
const MOST_LOG = Math.log(1000);

/** Makes evidence count more or less, within bounds: its odds factor to the power of a weight. */
export function weigh(evidence: Evidence, weight: number): Evidence {
  return { ...evidence, log: bounded(weight * evidence.log) };
}

/** @param log logarithm of an odds factor */
export function bounded(log: number): number {
  return Math.min(Math.max(log, -MOST_LOG), MOST_LOG);
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
