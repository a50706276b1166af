/** One piece of evidence, from the attribute `contributions` of the reason (src/values.ts, Contribution). */
export interface Evidence {
  /** In the words of the reason node. */
  text: string;
  /** Above 1 it speaks for its reason, below 1 against it. */
  factor: number;
}

/** The evidence in an attribute, the strongest first; anything else in it is left out. */
export function evidenceOf(attribute: unknown): Evidence[] {
  if (!Array.isArray(attribute)) return [];
  return attribute
    .filter(
      (piece: Partial<Record<keyof Evidence, unknown>> | null): piece is Evidence =>
        typeof piece?.text === 'string' && typeof piece.factor === 'number' && piece.factor > 0,
    )
    .sort((a, b) => Math.abs(Math.log(b.factor)) - Math.abs(Math.log(a.factor)));
}
