/** The languages that sentences are written in: each has one file in this folder. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of a locale such as `de-AT` or `de_DE.UTF-8`; English where it has no file. */
export function languageOf(locale: string): Language {
  const [language] = locale.toLowerCase().split(/[-_.@]/);
  return LANGUAGES.find(known => known === language) ?? 'en';
}
