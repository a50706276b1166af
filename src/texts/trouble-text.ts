import { codeOf, messageOf } from '../errors.js';
import type { SourceHealth } from '../values.js';
import * as de from './de.js';
import type { Language } from './language.js';

/** A source's health with what is wrong in a language. English has more details: names, addresses, what a program says. */
export function healthIn(language: Language, health: SourceHealth): SourceHealth {
  const { trouble, error, code = '' } = health;
  if (language === 'en' || trouble === undefined || error === undefined) return health;
  return { ...health, error: errorOfCode(language, code, { de }[language].sourceTroubles[trouble]) };
}

/** What went wrong, for a dialog; in English where another language has no text of its own. */
export function errorTextIn(language: Language, error: unknown): string {
  return errorOfCode(language, codeOf(error) ?? '', messageOf(error));
}

/**
 * @param code of an error, or any word that a message brought
 * @param text for a code that has none, and in English
 */
export function errorOfCode(language: Language, code: string, text: string): string {
  if (language === 'en') return text;
  const { errors } = { de }[language];
  return (Object.hasOwn(errors, code) ? errors[code] : undefined) ?? text;
}

/** What to switch on at a maker's cameras. @param text in English */
export function makerSetUpIn(language: Language, maker: string, text: string): string {
  return language === 'en' ? text : { de }[language].makerSetUps[maker];
}
