import { capital } from '../../texts/capital.js';
import type { JournalTexts } from '../../texts/en.js';
import type { Language } from '../../texts/language.js';
import { INTENSITIES, type Intensity } from '../../values.js';
import { epochAt, hourAt, wallClockAt } from '../../wall-clock.js';
import { timeText } from '../calendar.js';
import { endOf, type CryEntry } from '../entries.js';
import {
  cryingParts,
  cryLengthText,
  gapTexts,
  journalTexts,
  listeningText,
  minutesText,
  periodName,
  periodText,
} from '../sentences.js';
import type { Period } from '../questions.js';
import { circle, path, rect, round, text, withTitle } from '../../pictures/svg.js';
import { HATCH, heading, MARGIN, picture, WIDTH } from './sheet.js';

const HOUR_MS = 3_600_000;
/** Beside the words for each row. */
const LEFT = 70;
const RIGHT = WIDTH - MARGIN;
/** Where cries stand, and how high; above them their times, and how long they were. */
const FLOOR = 222;
const HEIGHTS: Record<Intensity, number> = { fuss: 24, cry: 48, scream: 72 };
const CRIES_TOP = FLOOR - HEIGHTS.scream;
const CEILING = CRIES_TOP - 34;
const LEAST_WIDTH = 3;
const SLEEP = { y: FLOOR + 4, height: 14 };
/** Rows of facts. */
const ROWS: readonly (keyof typeof MARK)[] = ['feed', 'change', 'burp', 'medicine'];
const FIRST_ROW = FLOOR + 64;
const ROW = 24;
const LINE = 18;
/** A letter of small text is so wide, about. */
const LETTER = 6.6;

/** The cries of a night or a day over its hours, above sleep and care; hatched where no source was listening. */
export function timelinePicture(period: Period, language: Language = 'en'): string {
  const { from, to, until, cries, sleeps, facts, gaps, totals } = period;
  const texts = journalTexts(language).picture;
  const across: Across = time =>
    LEFT + ((Math.max(from, Math.min(to, time)) - from) / (to - from)) * (RIGHT - LEFT);
  const now = from < until && until < to ? [across(until)] : [];
  const rows = ROWS.filter(kind => facts.some(fact => fact.kind === kind));
  const gapLines = gapTexts(period, language);
  const unheard = gaps.filter(({ source }) => source === undefined);
  const bottom = FIRST_ROW + ROW * rows.length;
  const [big, ...rest] = cryingParts(period, language);
  const more = [capital(rest.join(', ')), listeningText(period, language)].filter(Boolean);
  return picture(bottom - 8 + LINE * gapLines.length, periodText(period, language), [
    HATCH,
    heading(periodName(period, language), capital(big), ...more),
    // The future, and what is unknown, stay empty.
    totals.heardS === undefined
      ? ''
      : rect(LEFT, CEILING, across(until) - LEFT, FLOOR - CEILING, { class: 'quiet' }),
    ...INTENSITIES.map(intensity =>
      text(LEFT - 8, FLOOR - HEIGHTS[intensity] + 10, texts.intensity[intensity], { class: 'end small' }),
    ),
    ...hours(from, to).map(hour => tick(hour, across(hour), now)),
    ...unheard.map(gap => unheardSpan(across(gap.from), across(gap.to))),
    ...cries.map(cry => cryBar(cry, across, texts)),
    ...timesOf(cries, across),
    path(`M${LEFT} ${FLOOR}H${RIGHT}`, { class: 'line' }),
    sleeps.length > 0 ? text(LEFT - 8, SLEEP.y + 11, texts.asleep, { class: 'end small' }) : '',
    ...sleeps.map(sleep =>
      rect(across(sleep.from), SLEEP.y, across(sleep.to) - across(sleep.from), SLEEP.height, {
        class: 'sleep',
        rx: 3,
      }),
    ),
    ...now.map(x => nowLine(x, texts.now)),
    ...rows.map((kind, i) => {
      const y = FIRST_ROW + ROW * i;
      const marks = facts.filter(fact => fact.kind === kind).map(({ at }) => MARK[kind](across(at), y - 4));
      return (
        path(`M${LEFT} ${y - 4}H${RIGHT}`, { class: 'line' }) +
        text(LEFT - 8, y, texts.care[kind], { class: 'end small' }) +
        marks.join('')
      );
    }),
    unheard.length > 0 && gapLines.length > 0 ? rect(MARGIN, bottom - 10, 14, 12, { class: 'unheard' }) : '',
    ...gapLines.map((words, i) => text(MARGIN + 20, bottom + LINE * i, shorten(words), { class: 'small' })),
  ]);
}

type Across = (time: number) => number;

/** Each kind of fact has a shape. */
const MARK = {
  feed: (x: number, y: number) => circle(x, y, 6, { class: 'fact' }),
  change: (x: number, y: number) => path(`M${round(x)} ${y - 7}l7 7l-7 7l-7-7z`, { class: 'fact' }),
  burp: (x: number, y: number) => path(`M${round(x)} ${y - 7}l7 12h-14z`, { class: 'fact' }),
  medicine: (x: number, y: number) =>
    path(`M${round(x) - 2} ${y - 6}h4v4h4v4h-4v4h-4v-4h-4v-4h4z`, { class: 'fact' }),
};

function cryBar(cry: CryEntry, across: Across, { intensity }: JournalTexts['picture']): string {
  const height = HEIGHTS[strongest(cry)];
  const x = across(cry.onset);
  const width = Math.max(LEAST_WIDTH, across(endOf(cry)) - x);
  const words = `${timeText(cry.onset)} ${intensity[strongest(cry)]}, ${cryLengthText(cry)}`;
  return withTitle(words, rect(x, FLOOR - height, width, height, { rx: 1, class: strongest(cry) }));
}

/** The times of cries and how long they were, of the longest first, as far as there is room. */
function timesOf(cries: readonly CryEntry[], across: Across): string[] {
  const placed: { x: number; width: number }[] = [];
  return [...cries]
    .sort((a, b) => b.durationS - a.durationS)
    .flatMap(cry => {
      const time = timeText(cry.onset);
      const length = minutesText(Math.max(1, cry.durationS) / 60);
      const width = LETTER * Math.max(time.length, length.length);
      const x = Math.max(LEFT + width / 2, Math.min(RIGHT - width / 2, across(cry.onset)));
      if (placed.some(other => Math.abs(other.x - x) < (other.width + width) / 2 + LETTER)) return [];
      placed.push({ x, width });
      return [
        text(x, CRIES_TOP - 20, time, { class: 'mid small' }),
        text(x, CRIES_TOP - 6, length, { class: 'mid small' }),
      ];
    });
}

function unheardSpan(from: number, to: number): string {
  const width = Math.max(LEAST_WIDTH, to - from);
  return (
    rect(from, CEILING, width, FLOOR - CEILING, { class: 'ground' }) +
    rect(from, CRIES_TOP, width, FLOOR - CRIES_TOP, { class: 'unheard' })
  );
}

/** A cry that was a scream for a while is shown as one. */
function strongest({ course, intensity }: CryEntry): Intensity {
  const known = [intensity, ...course.map(step => step.intensity)];
  return INTENSITIES.findLast(each => known.includes(each))!;
}

/** @param now where an hour is not written */
function tick(time: number, x: number, now: readonly number[]): string {
  const hour = String(Math.floor(hourAt(time))).padStart(2, '0');
  const isFree = now.every(at => Math.abs(at - x) > 5 * LETTER);
  return (
    path(`M${round(x)} ${CRIES_TOP}V${FLOOR + 22}`, { class: 'line' }) +
    text(x, FLOOR + 38, isFree ? hour : '', { class: 'mid small' })
  );
}

function nowLine(x: number, words: string): string {
  return (
    path(`M${round(x)} ${CEILING}V${FLOOR + 22}`, { stroke: 'var(--ink)', 'stroke-width': 2 }) +
    text(x, FLOOR + 38, words, { class: 'mid' })
  );
}

/** Full hours, two or three apart. */
function hours(from: number, to: number): number[] {
  const apart = to - from > 30 * HOUR_MS ? 6 : to - from > 20 * HOUR_MS ? 3 : 2;
  const found: number[] = [];
  for (let hour = wallClockAt(from); epochAt(hour) <= to; hour += apart * HOUR_MS) found.push(epochAt(hour));
  return found;
}

function shorten(words: string): string {
  return words.length > 52 ? `${words.slice(0, 51)}…` : words;
}
