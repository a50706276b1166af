/** Kinds of fields that several values from outside have. */
import * as v from 'valibot';
import { isObject } from '../unknown-data.js';

const DAY_MS = 86_400_000;

/** 2015-01-01: a computer without a battery starts its clock long before, and no cry of this product is older. */
const EARLIEST_EPOCH = Date.UTC(2015, 0, 1);
/** A recording whose time is unknown counts from its beginning; none is longer than a leap year. */
const LONGEST_RECORDING_MS = 366 * DAY_MS;

/** In characters. */
export const MOST_NAME = 200;

/** A name of a source, a baby or a person; not empty. */
export const name = v.pipe(v.string(), v.nonEmpty(), v.maxLength(MOST_NAME));

/** An id of a cry, an entity or a node; not empty. */
export const id = v.pipe(v.string(), v.nonEmpty(), v.maxLength(300));

/** A sentence. */
export const sentence = v.pipe(v.string(), v.maxLength(2000));

/** A path of a file. */
export const path = v.pipe(v.string(), v.maxLength(4096));

/** A list of at most so many. Its length is checked first: each of a million would take its time. */
export const listOf = <Item extends v.GenericSchema>(item: Item, most: number) =>
  v.pipe(
    v.custom<unknown[]>(value => Array.isArray(value) && value.length <= most, `a list of at most ${most}`),
    v.array(item),
  );

/** Values of one kind by names, at most so many. */
export const recordOf = <Value extends v.GenericSchema>(value: Value, most: number) =>
  v.pipe(
    v.custom<object>(
      given => isObject(given) && Object.keys(given).length <= most,
      `an object of at most ${most} names`,
    ),
    v.record(name, value),
  );

/** A finite number from `least` to `most`. */
export const numberFrom = (least: number, most: number) =>
  v.pipe(v.number(), v.finite(), v.minValue(least), v.maxValue(most));

/** A probability or a share. */
export const share = numberFrom(0, 1);

/** A whole number from 0 on. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Seconds of a cry or a recording. */
export const seconds = numberFrom(0, LONGEST_RECORDING_MS / 1000);

/** A level in dB of full scale. */
export const level = numberFrom(-200, 100);

/**
 * Whether a time is after 2014 and at most a day ahead of the clock: a wrong clock elsewhere, or a time in seconds, is
 * not. While this computer's own clock has not been set yet, times near it are plausible too.
 */
export function isPlausibleEpoch(time: number, now = Date.now()): boolean {
  return time <= now + DAY_MS && (time >= EARLIEST_EPOCH || time >= now - DAY_MS);
}

/** A time in a file, epoch ms, whatever the clock shows now: it may have been wrong at that time, or be wrong now. */
export const keptTime = v.pipe(
  v.number(),
  v.finite(),
  v.check(time => time >= Date.UTC(2000, 0, 1) && time < Date.UTC(2200, 0, 1), 'a time in ms since 1970'),
);

/** Epoch time in ms. */
export const epoch = v.pipe(
  v.number(),
  v.finite(),
  v.check(time => isPlausibleEpoch(time), 'a time in ms since 1970, after 2014 and at most a day ahead'),
);

/** Epoch time in ms, or ms since the beginning of a recording whose time is unknown. */
export const soundTime = v.pipe(
  v.number(),
  v.finite(),
  v.check(
    time => (time >= 0 && time <= LONGEST_RECORDING_MS) || isPlausibleEpoch(time),
    'a time in ms since 1970, after 2014 and at most a day ahead',
  ),
);
