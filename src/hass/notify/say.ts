import * as de from '../../texts/de.js';
import * as en from '../../texts/en.js';
import type { Language } from '../../texts/language.js';
import type { Say } from './cry-notification.js';

/** What gives the texts of notifications in a language. */
export function sayIn(language: Language): Say {
  const texts: Record<string, string> = { en, de }[language].notifications;
  return (key, values = {}) => texts[key].replace(/__(\w+)__/g, (_, name: string) => String(values[name]));
}
