import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { LANGUAGES, type Language, languageOf } from '../src/texts/language.js';
import { oneOf } from './settings.js';

/** The language of a node's sentences and status: '' for Node-RED's own. */
export const language = oneOf(['', ...LANGUAGES], '');

/** A node's language, and its texts in it by their keys, as Node-RED's own `RED._` gives them. */
export interface NodeTexts {
  language: Language;
  _: (key: string, values?: Record<string, string | number>) => string;
}

const FOLDERS: Record<Language, string> = { en: 'en-US', de: 'de' };

/**
 * The texts of a node in the language that is chosen for it.
 * @param key of the text that names the language in each of the node's locale files: 'deepinfant-reason.language'
 * @param chosen '' for the language that Node-RED itself runs in
 */
export function textsOfNode(RED: NodeAPI, key: string, chosen: Language | ''): NodeTexts {
  const ofNodeRed: NodeTexts['_'] = (key, values) => RED._(key, values);
  if (chosen === '') return { language: languageOf(RED._(key)), _: ofNodeRed };
  const [type] = key.split('.');
  // Node-RED has loaded its own language alone.
  const file = path.join(__dirname, type, 'locales', FOLDERS[chosen], `${type}.json`);
  const catalog: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return {
    language: chosen,
    _: (key, values = {}) =>
      key.startsWith(`${type}.`)
        ? textIn(catalog, key).replace(/__(\w+?)__/g, (_, name: string) => String(values[name]))
        : ofNodeRed(key, values),
  };
}

/** The text of a key whose parts have dots between them. */
function textIn(catalog: unknown, key: string): string {
  return key.split('.').reduce((part, name) => (part as Record<string, unknown>)[name], catalog) as string;
}
