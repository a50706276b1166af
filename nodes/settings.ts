import type { Node, NodeDef } from 'node-red';
import * as v from 'valibot';
import { check } from '../src/check.js';
import { run } from './adapter.js';

/**
 * The kinds of settings that nodes have, each with its default. The editor saves what a person typed, so numbers may
 * come as text, and a field may be missing in flows that are older than it.
 */

/** Text without blanks around it, such as a name, an address or an id. */
export const text = (fallback = '') => v.optional(v.pipe(v.string(), v.maxLength(2000), v.trim()), fallback);

export const flag = (fallback: boolean) => v.optional(v.boolean(), fallback);

export const oneOf = <const Words extends readonly string[]>(words: Words, fallback: Words[number]) =>
  v.optional(v.picklist(words), fallback);

/** A number from `least` to `most`; an empty field is an error, never 0. */
export const numberFrom = (least: number, most: number, fallback: number) =>
  v.optional(
    v.pipe(v.unknown(), v.transform(numberIn), v.number(), v.finite(), v.minValue(least), v.maxValue(most)),
    fallback,
  );

/** A time of the day as HH:MM, or '' for none; '7:30' becomes '07:30'. */
export const timeOfDay = (fallback = '') =>
  v.optional(
    v.pipe(
      v.string(),
      v.trim(),
      v.regex(/^(|([01]?\d|2[0-3]):[0-5]\d)$/, 'a time of the day such as 07:30, or nothing'),
      v.transform(time => (time === '' ? '' : time.padStart(5, '0'))),
    ),
    fallback,
  );

/** A list of `words` with commas between them, such as 'hungry, belly pain'; '' is an empty list. */
export const wordsOf = <const Words extends readonly string[]>(words: Words) =>
  v.optional(v.pipe(list(/,/), v.array(v.picklist(words))), '');

/** Names with commas or blanks between them, such as entity ids; '' is an empty list. */
export const names = () => v.optional(list(/[\s,]+/), '');

/** Brings the settings of one version to the next. */
export type Migration = (settings: Record<string, unknown>) => Record<string, unknown>;

/**
 * The settings of a node, migrated and checked. What is wrong is shown as the node's red status and reported as one
 * error that names the field; every message gets that error, too.
 *
 * @param migrations step n leads from version n to n + 1; flows saved before versions are version 0
 * @returns undefined when they are invalid: the node does nothing then
 */
export function settingsOf<Schema extends v.GenericSchema>(
  node: Node,
  schema: Schema,
  config: NodeDef,
  migrations: readonly Migration[] = [],
): v.InferOutput<Schema> | undefined {
  try {
    return check(schema, migrate({ ...config }, migrations), `settings of ${config.name || config.type}`);
  } catch (error) {
    run(node, {
      start() {
        node.status({ fill: 'red', shape: 'ring', text: 'node-red:common.status.error' });
        throw error;
      },
      input() {
        throw error;
      },
      stop: () => undefined,
    });
    return undefined;
  }
}

/** @throws never: a version that is newer than this package knows is read as far as it is understood */
export function migrate(
  settings: Record<string, unknown>,
  migrations: readonly Migration[],
): Record<string, unknown> {
  const version = Number(settings.version ?? 0);
  return migrations.slice(version).reduce((current, step) => step(current), settings);
}

/** Defaults as the editor has them. */
export function defaultsOf<Schema extends v.GenericSchema>(schema: Schema): v.InferOutput<Schema> {
  return v.parse(schema, {});
}

function numberIn(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '') return value;
  const number = Number(value);
  return Number.isNaN(number) ? value : number;
}

function list(separator: RegExp) {
  const split = (joined: string): string[] =>
    joined
      .split(separator)
      .map(item => item.trim())
      .filter(Boolean);
  return v.pipe(v.string(), v.maxLength(10_000), v.transform(split));
}
