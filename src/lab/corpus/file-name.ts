/**
 * File names of the Donate-a-cry corpus (convention: README of github.com/gveres/donateacry-corpus): the app's instance,
 * the time, the app's version, and what the parents said about the baby and the reason.
 */

export type Gender = 'male' | 'female';
const GENDERS: ReadonlyMap<string, Gender> = new Map<string, Gender>([
  ['m', 'male'],
  ['f', 'female'],
]);

export type AgeRange =
  '0 to 4 weeks' | '4 to 8 weeks' | '2 to 6 months' | '7 months to 2 years' | 'more than 2 years';
const AGES: ReadonlyMap<string, AgeRange> = new Map<string, AgeRange>([
  ['04', '0 to 4 weeks'],
  ['48', '4 to 8 weeks'],
  ['26', '2 to 6 months'],
  ['72', '7 months to 2 years'],
  ['22', 'more than 2 years'],
]);

/** The reasons by the words of a manifest's `reason` column. */
export type TaggedReason =
  'hungry' | 'burping' | 'belly_pain' | 'discomfort' | 'tired' | 'lonely' | 'cold_hot' | 'scared' | 'unknown';
const REASONS: ReadonlyMap<string, TaggedReason> = new Map<string, TaggedReason>([
  ['hu', 'hungry'],
  ['bu', 'burping'],
  ['bp', 'belly_pain'],
  ['dc', 'discomfort'],
  ['ti', 'tired'],
  ['lo', 'lonely'],
  ['ch', 'cold_hot'],
  ['sc', 'scared'],
  ['dk', 'unknown'],
]);

/** One tag of a name: its code as written, and its meaning, undefined for an unknown code. */
export interface Tag<Meaning extends string> {
  code: string;
  meaning: Meaning | undefined;
}

/** What a file name of the corpus says. */
export interface FileName {
  /** UUID of the installed app, in lower case: roughly one phone. */
  instance: string;
  /** Epoch time in ms; iOS names are exact to the second. */
  recordedAt: number;
  /** Version of the app; '' in names without it. */
  version: string;
  platform: 'ios' | 'android';
  gender: Tag<Gender>;
  age: Tag<AgeRange>;
  reason: Tag<TaggedReason>;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NAME = new RegExp(
  // Copies of the corpus put the platform first, join by '_', leave out the version and use milliseconds for both.
  `^(?:(?<platform>ios|android)_)?(?<instance>${UUID})[-_](?<time>\\d{13}|\\d{10}(?:\\.\\d+)?)[-_]` +
    // Two early uploads have the recording's own UUID after the version, and fractions of a second.
    `(?:(?<version>\\d+(?:\\.\\d+)*)[-_])?(?:${UUID}[-_])?` +
    '(?<gender>[^-_.]+)[-_](?<age>[^-_.]+)[-_](?<reason>[^-_.]+)(?:\\.[a-z0-9]+)*$',
  'i',
);

/**
 * Reads a file name of the corpus, such as `0D1AD73E-4C5E-45F3-85C4-9A3CB71E8856-1430742197-1.0-m-04-hu.caf`, with any
 * extension, in upper or lower case, with or without its folders.
 * @returns undefined for a name that does not follow the convention; unknown codes are kept
 */
export function parseFileName(file: string): FileName | undefined {
  const groups = NAME.exec(file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1))?.groups;
  if (!groups) return undefined;
  const { instance, time, gender, age, reason } = groups;
  const isInMs = time.length === 13;
  const { platform = isInMs ? 'android' : 'ios', version = '' }: Partial<typeof groups> = groups;
  return {
    instance: instance.toLowerCase(),
    recordedAt: isInMs ? Number(time) : Math.round(Number(time) * 1000),
    version,
    platform: platform.toLowerCase() as FileName['platform'],
    gender: tag(GENDERS, gender),
    age: tag(AGES, age),
    reason: tag(REASONS, reason),
  };
}

function tag<Meaning extends string>(meanings: ReadonlyMap<string, Meaning>, code: string): Tag<Meaning> {
  return { code, meaning: meanings.get(code.toLowerCase()) };
}

/** Unknown codes, each as `reason 'zz'`, with the number of names that have it. */
export function unknownCodes(names: readonly FileName[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) {
    for (const kind of ['gender', 'age', 'reason'] as const) {
      const { code, meaning } = name[kind];
      const unknown = `${kind} '${code}'`;
      if (meaning === undefined) counts.set(unknown, (counts.get(unknown) ?? 0) + 1);
    }
  }
  return counts;
}
