import { evidenceText, timesOf } from '../reason/evidence-text.js';
import { reasons as de } from '../texts/de.js';
import { reasons as en, type ReasonTexts } from '../texts/en.js';
import { languageOf } from '../texts/language.js';
import type { Contribution } from '../values.js';

/** How many pieces of evidence are shown before somebody asks for the rest. */
export const STRONGEST = 3;

/** Sentences about reasons in the user's language. @param language a BCP 47 tag */
export function reasonTextsIn(language: string): ReasonTexts {
  return { en, de }[languageOf(language)];
}

/** One piece of evidence. */
export interface Evidence {
  /** What is known and what it does, in a sentence. */
  text: string;
  /** Above 1 it speaks for its reason, below 1 against it. */
  factor: number;
}

/**
 * The evidence in the attribute `contributions` of the reason, the strongest first. What changes next to nothing is left
 * out, and what is no evidence.
 */
export function evidenceOf(attribute: unknown, texts: ReasonTexts): Evidence[] {
  if (!Array.isArray(attribute)) return [];
  return attribute
    .filter(isContribution)
    .filter(({ factor }) => timesOf(factor) > 1)
    .sort((a, b) => Math.abs(Math.log(b.factor)) - Math.abs(Math.log(a.factor)))
    .map(piece => ({ text: sentenceOf(piece, texts), factor: piece.factor }));
}

function isContribution(piece: Partial<Record<keyof Contribution, unknown>> | null): piece is Contribution {
  return typeof piece?.text === 'string' && typeof piece.factor === 'number' && piece.factor > 0;
}

/** The reason node's own words where it is of another version, and knows facts that are not known here. */
function sentenceOf(piece: Contribution, texts: ReasonTexts): string {
  const { fact, text } = piece;
  const isKnown = fact !== undefined && (fact.kind === 'age' || fact.kind in texts.evidence);
  return isKnown ? evidenceText({ ...piece, fact }, texts) : text;
}
