import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { PACKAGE_ROOT } from '../../src/package-root.js';

/** A node's folder below nodes/ and its type are called the same. */
export const NODE_TYPES = [
  'deepinfant-audio',
  'deepinfant-baby',
  'deepinfant-detector',
  'deepinfant-entities',
  'deepinfant-hass',
  'deepinfant-journal',
  'deepinfant-light',
  'deepinfant-notify',
  'deepinfant-reason',
] as const;
export type NodeType = (typeof NODE_TYPES)[number];

export const LANGUAGES = ['en-US', 'de'] as const;

/** What a node's page tells the editor. */
export interface EditorDefinition {
  category: string;
  icon?: string;
  defaults: Record<string, { value: unknown; label?: string; validate?: Validate }>;
  outputs?: number;
  outputLabels?: (index: number) => string;
  [property: string]: unknown;
}

type Validate = (this: object, value: unknown, options: { label?: string }) => true | string;

export function nodeFile(type: NodeType, ...parts: string[]): string {
  return path.join(PACKAGE_ROOT, 'dist', 'nodes', type, ...parts);
}

/** The scripts of a page as the flow library's checks find them (node-red-dev, checknodes.js). */
export function scriptsOf(page: string): string[] {
  return [...page.matchAll(/<script.+?type=['"]text\/javascript['"].*?>([\S\s]*?)<\/script>/gi)].map(
    ([, script]) => script,
  );
}

/** Runs the scripts of a node's page as the editor does, and gives what they register; texts are their keys. */
export function editorDefinition(type: NodeType): EditorDefinition {
  const page = readFileSync(nodeFile(type, `${type}.html`), 'utf8');
  let definition: EditorDefinition | undefined;
  const registerType = (registered: string, registeredDefinition: EditorDefinition): void => {
    if (registered === type) definition = registeredDefinition;
  };
  const translate = (key: string): string => key.replace(`@deepinfant/node-red/${type}:`, '');
  const context = vm.createContext({ URL, RED: { _: translate, nodes: { registerType } } });
  for (const script of scriptsOf(page)) vm.runInContext(script, context);
  if (definition === undefined) throw new Error(`${type}.html does not register ${type}`);
  return definition;
}

/** A locale file's texts by their keys, such as 'deepinfant-audio.label.speed'. */
export function texts(type: NodeType, language: string): Map<string, string> {
  const flat = new Map<string, string>();
  const flatten = (value: unknown, key: string): void => {
    if (typeof value === 'string') flat.set(key, value);
    else
      for (const [part, inner] of Object.entries(value as object))
        flatten(inner, key ? `${key}.${part}` : part);
  };
  flatten(JSON.parse(readFileSync(nodeFile(type, 'locales', language, `${type}.json`), 'utf8')), '');
  return flat;
}

/** The example flows by their file names. */
export function exampleFlows(): Map<string, { id: string; type: string; [setting: string]: unknown }[]> {
  const folder = path.join(PACKAGE_ROOT, 'examples');
  return new Map(
    readdirSync(folder)
      .filter(name => name.endsWith('.json'))
      .map(name => [name, JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as never]),
  );
}
