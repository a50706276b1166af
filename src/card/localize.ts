import { de } from './locales/de.js';
import { en, type TextKey, type Texts } from './locales/en.js';

/** To add a language, add its file to locales/ and its name here. */
const TEXTS: Record<string, Texts | undefined> = { de, en };

export type Localize = (key: string, values?: Record<string, string | number>) => string;

/**
 * What gives texts in a language, in English where it has none, and the key itself where there is no such text at all.
 * @param language a BCP 47 tag; of a region's language that is not here, the language without the region is taken
 */
export function localizer(language: string): Localize {
  const texts = [language, language.split('-')[0], 'en'].map(tag => TEXTS[tag]);
  return (key, values = {}) => {
    const text = texts.map(texts => texts?.[key as TextKey]).find(text => text !== undefined) ?? key;
    return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
  };
}
