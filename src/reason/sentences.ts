/** What is said of a cry and its reason, in each language. */
import * as de from '../texts/de.js';
import { durationText } from '../texts/duration.js';
import * as en from '../texts/en.js';
import type { ReasonTexts } from '../texts/en.js';
import type { Language } from '../texts/language.js';
import type { CryEvent, Reason, ReasonEstimate, ReasonGuess } from '../values.js';
import { certaintyOf } from './certainty.js';

export function reasonTexts(language: Language): ReasonTexts {
  return { en, de }[language].reasons;
}

/**
 * One line for a status or a notification: 'Mia has been crying for 12 s: probably hungry (62%)'.
 * @param names of the babies one of whom cries, as far as they are known
 */
export function reasonLine(
  event: Pick<CryEvent, 'state' | 'durationS' | 'reason' | 'who' | 'guess'>,
  names: readonly string[] = [],
  language: Language = 'en',
): string {
  const texts = reasonTexts(language);
  const known = names.map(name => name.trim()).filter(Boolean);
  const name = whoText(event, texts) || known.join(` ${texts.or} `) || texts.theBaby;
  const length = durationText(Math.max(1, event.durationS));
  const cry = event.state === 'ended' ? texts.cried(name, length) : texts.crying(name, length);
  const reasons = [
    event.reason && reasonText(event.reason, texts),
    event.guess && soundText(event.guess, texts),
  ];
  return [cry, reasons.filter(Boolean).join('; ')].filter(Boolean).join(': ');
}

/** The baby whose voice it probably is; '' where that is unknown. */
function whoText({ who }: Pick<CryEvent, 'who'>, texts: ReasonTexts): string {
  return who && who.label !== 'unsure'
    ? `${who.label} (${percentText(who.probabilities[who.label], texts)})`
    : '';
}

/** 'probably hungry (62%)', 'maybe needs to burp (31%)', 'not sure why' */
export function reasonText(
  { label, confidence }: Pick<ReasonEstimate, 'label' | 'confidence'>,
  texts: ReasonTexts,
): string {
  const guess = texts.guess[label];
  if (label === 'unsure') return guess;
  return `${texts[certaintyOf(confidence)](guess)} (${percentText(confidence, texts)})`;
}

/** What a model guesses from the sound alone, which is no reason to believe it. */
function soundText(guess: ReasonGuess, texts: ReasonTexts): string {
  const [[reason, probability]] = (Object.entries(guess) as [Reason, number][]).sort(([, a], [, b]) => b - a);
  return `${texts.bySound(texts.guess[reason])} (${percentText(probability, texts)})`;
}

function percentText(share: number, texts: ReasonTexts): string {
  return texts.percent(Math.round(100 * share));
}
