import { durationText } from '../../reason/phrase.js';
import type { Intensity } from '../../values.js';
import { timeText } from '../calendar.js';
import { endOf, type CryEntry } from '../entries.js';
import { cryingText, gapsText, periodName, periodText } from '../phrase.js';
import type { Period } from '../questions.js';
import { escapeText } from '../../evaluation/escape.js';
import { heading, MARGIN, path, picture, rect, round, text, WIDTH } from './svg.js';

const HOUR_MS = 3_600_000;
/** Beside the words for each row. */
const LEFT = 70;
const RIGHT = WIDTH - MARGIN;
/** Where cries stand, and how high. */
const FLOOR = 208;
const CEILING = FLOOR - 92;
const HEIGHTS: Record<Intensity, number> = { fuss: 24, cry: 48, scream: 72 };
const CRIES_TOP = FLOOR - HEIGHTS.scream;
const LEAST_WIDTH = 3;
const SLEEP = { y: FLOOR + 4, height: 14 };
/** Rows of what was told, by their words. */
const ROWS: [keyof typeof MARK, string][] = [
  ['feed', 'fed'],
  ['change', 'changed'],
  ['burp', 'burped'],
  ['medicine', 'medicine'],
];
const FIRST_ROW = FLOOR + 64;
const ROW = 24;
/** A time above a cry takes so much of the width. */
const TIME_WIDTH = 40;

/** The cries of a night or a day over its hours, above sleep and what was told; hatched where nobody listened. */
export function timelinePicture(period: Period): string {
  const { from, to, cries, sleeps, facts, gaps, totals } = period;
  const across: Across = time =>
    LEFT + ((Math.max(from, Math.min(to, time)) - from) / (to - from)) * (RIGHT - LEFT);
  const rows = ROWS.filter(([kind]) => facts.some(fact => fact.kind === kind));
  const bottom = FIRST_ROW + ROW * rows.length;
  const [big, ...rest] = cryingText(period).split(', ');
  const quiet = cries.length > 0 ? [`Longest quiet time ${durationText(totals.quietS)}`] : [];
  return picture(bottom + (gaps.length > 0 ? 12 : -8), periodText(period), [
    HATCH,
    heading(periodName(period), capital(big), capital(rest.join(', ')), ...quiet),
    rect(LEFT, CEILING, RIGHT - LEFT, FLOOR - CEILING, 'class="quiet"'),
    ...(['fuss', 'cry', 'scream'] as const).map(intensity =>
      text(LEFT - 8, FLOOR - HEIGHTS[intensity] + 10, intensity, 'end small'),
    ),
    ...hours(from, to).map(hour => tick(hour, across(hour))),
    ...gaps.map(gap => notHeard(across(gap.from), across(gap.to))),
    ...cries.map(cry => cryBar(cry, across)),
    ...timesOf(cries, across),
    path(`M${LEFT} ${FLOOR}H${RIGHT}`, 'class="line"'),
    sleeps.length > 0 ? text(LEFT - 8, SLEEP.y + 11, 'asleep', 'end small') : '',
    ...sleeps.map(sleep =>
      rect(
        across(sleep.from),
        SLEEP.y,
        across(sleep.to) - across(sleep.from),
        SLEEP.height,
        'class="sleep" rx="3"',
      ),
    ),
    ...rows.map(([kind, words], i) => {
      const y = FIRST_ROW + ROW * i;
      const told = facts.filter(fact => fact.kind === kind).map(({ at }) => MARK[kind](across(at), y - 4));
      return (
        path(`M${LEFT} ${y - 4}H${RIGHT}`, 'class="line"') +
        text(LEFT - 8, y, words, 'end small') +
        told.join('')
      );
    }),
    gaps.length > 0
      ? rect(LEFT - 18, bottom - 10, 10, 10, 'fill="url(#gap)"') +
        text(LEFT, bottom, shortened(gapsText(gaps)), 'small')
      : '',
  ]);
}

type Across = (time: number) => number;

/** Each kind of what was told has a shape. */
const MARK = {
  feed: (x: number, y: number) => `<circle cx="${round(x)}" cy="${y}" r="6" class="told"/>`,
  change: (x: number, y: number) => path(`M${round(x)} ${y - 7}l7 7l-7 7l-7-7z`, 'class="told"'),
  burp: (x: number, y: number) => path(`M${round(x)} ${y - 7}l7 12h-14z`, 'class="told"'),
  medicine: (x: number, y: number) =>
    path(`M${round(x) - 2} ${y - 6}h4v4h4v4h-4v4h-4v-4h-4v-4h4z`, 'class="told"'),
};

/** Diagonal lines, so that it is not taken for a quiet time. */
const HATCH =
  '<defs><pattern id="gap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
  '<path d="M0 0V6" stroke="var(--faint)" stroke-width="2.4"/></pattern></defs>';

function cryBar(cry: CryEntry, across: Across): string {
  const height = HEIGHTS[strongest(cry)];
  const x = across(cry.onset);
  const width = Math.max(LEAST_WIDTH, across(endOf(cry)) - x);
  const words = `${timeText(cry.onset)} ${strongest(cry)}, ${durationText(Math.max(1, cry.durationS))}`;
  return `<g><title>${escapeText(words)}</title>${rect(x, FLOOR - height, width, height, `rx="1" class="${strongest(cry)}"`)}</g>`;
}

/** The times of cries, of the longest first, as far as there is room. */
function timesOf(cries: readonly CryEntry[], across: Across): string[] {
  const placed: number[] = [];
  return [...cries]
    .sort((a, b) => b.durationS - a.durationS)
    .flatMap(cry => {
      const x = Math.max(LEFT + TIME_WIDTH / 2, Math.min(RIGHT - TIME_WIDTH / 2, across(cry.onset)));
      if (placed.some(other => Math.abs(other - x) < TIME_WIDTH)) return [];
      placed.push(x);
      return text(x, CRIES_TOP - 6, timeText(cry.onset), 'mid small');
    });
}

function notHeard(from: number, to: number): string {
  return rect(
    from,
    CRIES_TOP,
    Math.max(LEAST_WIDTH, to - from),
    SLEEP.y + SLEEP.height - CRIES_TOP,
    'fill="url(#gap)"',
  );
}

/** A cry that was a scream for a while is shown as one. */
function strongest({ course, intensity }: CryEntry): Intensity {
  const heard = [intensity, ...course.map(step => step.intensity)];
  return heard.reduce((a, b) => (HEIGHTS[b] > HEIGHTS[a] ? b : a));
}

function tick(time: number, x: number): string {
  const hour = String(new Date(time).getHours()).padStart(2, '0');
  return (
    path(`M${round(x)} ${CRIES_TOP}V${FLOOR + 22}`, 'class="line"') + text(x, FLOOR + 38, hour, 'mid small')
  );
}

/** Full hours, two or three apart. */
function hours(from: number, to: number): number[] {
  const apart = to - from > 20 * HOUR_MS ? 3 : 2;
  const found: number[] = [];
  for (const hour = new Date(from); hour.getTime() <= to; hour.setHours(hour.getHours() + apart))
    found.push(hour.getTime());
  return found;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function shortened(words: string): string {
  return words.length > 46 ? `${words.slice(0, 45)}…` : words;
}
