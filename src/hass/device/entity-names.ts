import * as de from '../../texts/de.js';
import * as en from '../../texts/en.js';
import type { Language } from '../../texts/language.js';
import type { EntityNamer } from './discovery.js';

/** What gives the names of entities in a language. */
export function entityNamesIn(language: Language): EntityNamer {
  const names: Record<string, string> = { en, de }[language].entities;
  return key => names[key];
}
