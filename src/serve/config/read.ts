import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { isNode, isPair, isMap, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { expectation, shown } from '../../check.js';
import { closestWord } from '../../closest-word.js';
import { DeepInfantError, messageOf } from '../../errors.js';
import { isObject } from '../../unknown-data.js';
import { relationFaults, type SettingFault } from './relations.js';
import { CONFIG, type Config } from './schema.js';
import { secretTags, type SecretPlaces } from './secrets.js';

/** A configuration of a thousand cameras has some 200 kB. */
const MOST_BYTES = 2_000_000;

/** Settings whose values are not shown. */
const SECRET_SETTINGS: readonly unknown[] = ['password', 'token'];

/** Something that is wrong with a configuration, and where: lines and columns count from 1. */
export interface Fault {
  line: number;
  column: number;
  message: string;
}

/** The faults of a configuration; its message has one a line, as compilers write them. */
export class ConfigError extends DeepInfantError {
  constructor(
    file: string,
    readonly faults: readonly Fault[],
  ) {
    const lines = faults.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
    super('config', lines.join('\n'));
  }
}

/**
 * Reads a configuration. A relative path in it starts at its folder.
 * @param defaults settings that it need not have
 * @throws ConfigError with every fault; DeepInfantError `config` for a file that cannot be read
 */
export function readConfig(
  file: string,
  env: NodeJS.ProcessEnv = process.env,
  defaults: Readonly<Record<string, unknown>> = {},
): Config {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new DeepInfantError('config', `Cannot read ${file}: ${messageOf(error)}.`, { cause: error });
  }
  return parseConfig(bytes, file, { folder: path.dirname(path.resolve(file)), env }, defaults);
}

/** What holds without a configuration. */
export function defaultConfig(): Config {
  return v.parse(CONFIG, {});
}

/**
 * Checks settings that nobody wrote into a file.
 * @throws DeepInfantError `config` with every fault, one a line
 */
export function checkSettings(settings: unknown, env: NodeJS.ProcessEnv): Config {
  const result = v.safeParse(CONFIG, settings);
  const faults = result.success
    ? relationFaults(result.output, env)
    : result.issues.map(issue => faultOf(issue));
  if (!result.success || faults.length > 0)
    throw new DeepInfantError('config', faults.map(({ message }) => message).join('\n'));
  return result.output;
}

/** @throws ConfigError */
export function parseConfig(
  bytes: Uint8Array,
  file: string,
  places: SecretPlaces,
  defaults: Readonly<Record<string, unknown>> = {},
): Config {
  const fail = (faults: readonly Fault[]): never => {
    throw new ConfigError(file, faults);
  };
  const lines = new LineCounter();
  let document: Document.Parsed;
  let settings: unknown;
  try {
    document = parseDocument(textOf(bytes), {
      customTags: secretTags(places),
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'silent',
    });
    const faults = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
      ...placeAt(lines, pos[0]),
      message: message.replace(/\.?$/, '.'),
    }));
    if (faults.length > 0) return fail(faults);
    settings = document.toJS() ?? {};
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    return fail([{ line: 1, column: 1, message: `This is not a configuration: ${messageOf(error)}.` }]);
  }
  const faultsOf = (faults: readonly SettingFault[]): never =>
    fail(
      faults
        .map(({ path, message }) => ({ ...placeAt(lines, offsetOf(document, path)), message }))
        .sort((a, b) => a.line - b.line || a.column - b.column),
    );
  // The schema takes a list for an object.
  if (Array.isArray(settings)) return faultsOf([{ path: [], message: notSettings(settings) }]);
  const result = v.safeParse(CONFIG, isObject(settings) ? { ...defaults, ...settings } : settings);
  if (!result.success) return faultsOf(result.issues.map(issue => faultOf(issue, document)));
  const faults = relationFaults(result.output, places.env);
  if (faults.length > 0) return faultsOf(faults);
  return withAbsolutePaths(result.output, places.folder);
}

/** @throws Error for what is not text */
function textOf(bytes: Uint8Array): string {
  if (bytes.length > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES / 1e6} MB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error('it is not text in UTF-8', { cause: error });
  }
}

function placeAt(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** What an issue of the schema says, where a person reads it. @param document that has the setting, if it is in one */
function faultOf(issue: v.BaseIssue<unknown>, document?: Document.Parsed): SettingFault {
  const items = issue.path ?? [];
  const path = items.map(({ key }) => key as string | number);
  const key = path.at(-1);
  const setting = nameOf(path);
  if (key === undefined) return { path, message: notSettings(issue.input) };
  if (issue.expected === 'never') {
    const similar = closestWord(String(key), settingsAt(CONFIG, items.slice(0, -1)));
    const hint = similar ? ` Did you mean '${similar}'?` : '';
    return { path, message: `There is no setting ${setting}.${hint}` };
  }
  if (issue.input === undefined) return { path, message: `${setting} is missing.` };
  const isSecret = SECRET_SETTINGS.includes(key) || (document && isFromSecret(document, path));
  const found = isSecret ? 'not right' : withoutLogin(shown(issue.input));
  const hint = isSecret && typeof issue.input === 'number' ? ' Put it in quotes.' : '';
  return { path, message: `${setting} is ${found}; expected ${expectation(issue)}.${hint}` };
}

function notSettings(value: unknown): string {
  return `This is ${shown(value)}; expected settings such as 'sources:'.`;
}

/** `sources.url`: the line says which of the sources. */
function nameOf(path: readonly (string | number)[]): string {
  return path.filter(key => typeof key === 'string').join('.');
}

/** The settings that the schema has at a place. */
function settingsAt(schema: v.GenericSchema, items: readonly v.IssuePathItem[]): string[] {
  let at: unknown = schema;
  for (const { key, value } of items) {
    const required = withoutOptional(at);
    if (!isObject(required)) return [];
    if (required.type === 'array') at = variantOf(required.item, value);
    else at = isObject(required.entries) ? required.entries[key as string] : undefined;
  }
  const found = withoutOptional(at);
  return isObject(found) && isObject(found.entries) ? Object.keys(found.entries) : [];
}

function withoutOptional(schema: unknown): unknown {
  return isObject(schema) && schema.type === 'optional' ? schema.wrapped : schema;
}

/** Of several kinds of objects the one that a value is. */
function variantOf(schema: unknown, value: unknown): unknown {
  if (!isObject(schema) || schema.type !== 'variant' || !isObject(value)) return schema;
  const options = schema.options as v.StrictObjectSchema<v.ObjectEntries, undefined>[];
  return options.find(option => v.is(option.entries[String(schema.key)], value[String(schema.key)]));
}

/** Where a setting begins; of one that is missing, what it is missing in. */
function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  const parent = path.length === 0 ? undefined : nodeAt(document, path.slice(0, -1));
  const pair = isMap(parent) ? parent.items.find(({ key }) => keyOf(key) === path.at(-1)) : undefined;
  if (isPair(pair) && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
  const node = nodeAt(document, path);
  if (node) return node.range?.[0] ?? 0;
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}

function nodeAt(document: Document.Parsed, path: readonly (string | number)[]): Node | undefined {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? node : undefined;
}

function keyOf(key: unknown): unknown {
  return isObject(key) && 'value' in key ? key.value : key;
}

/** An address may hold a user name and a password. */
function withoutLogin(text: string): string {
  return text.replace(/\/\/.*@/, '//…@');
}

function isFromSecret(document: Document.Parsed, path: readonly (string | number)[]): boolean {
  return ['!secret', '!env_var'].includes(nodeAt(document, path)?.tag ?? '');
}

function withAbsolutePaths(config: Config, base: string): Config {
  const absolute = (relative: string): string => path.resolve(base, relative);
  return {
    ...config,
    ...(config.folder !== undefined && { folder: absolute(config.folder) }),
    sources: config.sources.map(source =>
      source.type === 'recording' ? { ...source, path: absolute(source.path) } : source,
    ),
  };
}
