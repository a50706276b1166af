import * as v from 'valibot';
import { DeepInfantError } from './errors.js';

/** What an error shows of a value at most, in characters. */
const MOST_SHOWN = 60;

/**
 * The one way in for a value from outside (a message, a setting, a file, a command).
 *
 * @param schema what the value must be; unknown fields of objects are dropped
 * @param what names the value in the error: 'cry event', 'settings of the notify node'
 * @returns the value as the schema gives it
 * @throws DeepInfantError `invalid`, naming the first wrong field, its value and what was expected
 */
export function check<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  what: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  const place = field === null ? what : `${what}: ${field}`;
  throw new DeepInfantError('invalid', `${place} is ${shown(issue.input)}; expected ${expectation(issue)}.`);
}

/** In words, per kind of valibot's schemas and actions. */
const EXPECTATIONS: Partial<Record<string, (requirement: unknown) => string>> = {
  number: () => 'a number',
  string: () => 'text',
  boolean: () => 'true or false',
  array: () => 'a list',
  object: () => 'an object',
  strict_object: () => 'an object',
  record: () => 'an object',
  finite: () => 'a finite number',
  integer: () => 'a whole number',
  safe_integer: () => 'a whole number',
  min_value: least => `at least ${String(least)}`,
  max_value: most => `at most ${String(most)}`,
  min_length: least => `a length of at least ${String(least)}`,
  max_length: most => `a length of at most ${String(most)}`,
  length: exact => `a length of ${String(exact)}`,
  non_empty: () => 'something',
};

/**
 * What a schema expected where it found something else: 'a number', 'one of fuss, cry, scream'. Its own message, where it
 * has one, is the expectation: 'a time such as 22:30'.
 */
export function expectation(issue: v.BaseIssue<unknown>): string {
  const { expected, message, type, requirement, input } = issue;
  if (!message.startsWith('Invalid ')) return message;
  // Of a missing field, valibot expects its quoted name.
  if (input === undefined) return 'a value';
  const inWords = EXPECTATIONS[type];
  if (inWords !== undefined) return inWords(requirement);
  const words = expected
    ?.replace(/^\(|\)$/g, '')
    .replaceAll('"', '')
    .split(' | ') ?? ['something else'];
  return words.length > 1 ? `one of ${words.join(', ')}` : words[0];
}

/** A value as an error shows it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return value === '' ? 'empty' : `'${short(value)}'`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return `of type ${typeof value}`;
}

function short(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
