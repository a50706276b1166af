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

/** What a node's HTML tells the editor. */
export interface EditorDefinition {
  category: string;
  icon?: string;
  defaults: Record<string, { value: unknown; validate?: (this: object, value: string) => boolean }>;
  outputs?: number;
  outputLabels?: (this: { _: (key: string) => string }, index: number) => string;
}

export function nodeFile(type: NodeType, ...parts: string[]): string {
  return path.join(PACKAGE_ROOT, 'dist', 'nodes', type, ...parts);
}

/** Runs the script of a node's HTML as the editor does, and gives what it registers. */
export function editorDefinition(type: NodeType): EditorDefinition {
  const html = readFileSync(nodeFile(type, `${type}.html`), 'utf8');
  const script = /<script type="text\/javascript">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  let definition: EditorDefinition | undefined;
  const registerType = (registered: string, registeredDefinition: EditorDefinition): void => {
    if (registered === type) definition = registeredDefinition;
  };
  vm.runInNewContext(script, { RED: { _: (key: string) => key, nodes: { registerType } } });
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
