import type { NodeDef } from 'node-red';
import * as v from 'valibot';
import { check } from '../src/check.js';
import { numberOf, textOf } from '../src/unknown-data.js';
import { SETTINGS_VERSION } from './settings-version.js';

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

/** Version of the settings; flows saved before there were versions have none, and are version 0. */
export const version = v.optional(
  v.pipe(v.unknown(), v.transform(numberIn), v.number(), v.integer(), v.minValue(0)),
  SETTINGS_VERSION,
);

type Settings = Record<string, unknown>;
type SettingsSchema = v.ObjectSchema<v.ObjectEntries, undefined>;

/** Step n leads from version n to n + 1. */
const MIGRATIONS: readonly ((settings: Settings, schema: SettingsSchema) => Settings)[] = [
  withoutEmptyNumbers,
];

/**
 * The settings of a node, migrated and checked.
 * @throws DeepInfantError `invalid`, naming the field
 */
export function readSettings<Schema extends SettingsSchema>(
  schema: Schema,
  config: NodeDef,
): v.InferOutput<Schema> {
  return check(
    schema,
    migrate({ ...config }, schema),
    `settings of ${textOf(config.name).slice(0, 100) || config.type}`,
  );
}

/** The settings in the form of this version. Those of a newer version are read as far as they are understood. */
export function migrate(settings: Settings, schema: SettingsSchema): Settings {
  const from = numberOf(settings.version ?? 0);
  return MIGRATIONS.slice(from).reduce((current, step) => step(current, schema), settings);
}

/** Version 0 could save an emptied number, which then counted as 0; its default is what was meant. */
function withoutEmptyNumbers(settings: Settings, schema: SettingsSchema): Settings {
  const defaults: Settings = v.getDefaults(schema);
  const kept = Object.entries(settings).filter(
    ([setting, value]) => !(value === '' && typeof defaults[setting] === 'number'),
  );
  return Object.fromEntries(kept);
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
