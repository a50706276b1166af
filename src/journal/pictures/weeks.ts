import { reasonTexts } from '../../reason/sentences.js';
import type { Language } from '../../texts/language.js';
import {
  dayText,
  daysText,
  earlierWeeksTexts,
  hourText,
  journalTexts,
  minutesText,
  thisWeekText,
  weeksText,
} from '../sentences.js';
import type { HourlyWeek, WeeksByHour } from '../questions.js';
import { element, rect, text, withTitle } from '../../pictures/svg.js';
import { HATCH, heading, MARGIN, picture, WIDTH } from './sheet.js';

/** Hours go from noon to noon, so that a night is in one piece. */
const FIRST_HOUR = 12;
const LEFT = 72;
const RIGHT = 72;
const TOP = 134;
const ROW = 26;
const SHADES = 5;
/** Minutes of crying in an hour that count as some, and that have the strongest shade at the least. */
const SOME = 0.1;
const LEAST_MOST = 6;

/** Crying by the hour of the day, a row a week; at the right its minutes a day. */
export function weeksPicture(answer: WeeksByHour, language: Language = 'en'): string {
  const { weeks } = answer;
  const cell = (WIDTH - LEFT - RIGHT) / 24;
  const bottom = TOP + ROW * weeks.length;
  const texts = journalTexts(language).picture;
  const most = Math.max(LEAST_MOST, ...weeks.flatMap(({ minutes }) => minutes));
  const rows = weeks.map((week, i) =>
    row(week, { y: TOP + ROW * i, cell, most, isLast: week === weeks.at(-1), language }),
  );
  const ticks = [0, 6, 12, 18].map(i =>
    text(LEFT + i * cell, TOP - 8, hourText(FIRST_HOUR + i), { class: 'small' }),
  );
  return picture(bottom + 40, weeksText(answer, language), [
    STYLE,
    HATCH,
    heading(
      texts.byHour,
      thisWeekText(answer, language),
      ...earlierWeeksTexts(answer, language).map(words => `${words}.`),
    ),
    ...ticks,
    text(WIDTH - MARGIN, TOP - 8, texts.aDay, { class: 'end small' }),
    ...rows,
    legend(bottom + 26, most, language),
  ]);
}

/** From faint to strong, in one hue. */
const STYLE = element(
  'style',
  {},
  '.s0{fill:var(--quiet)}.s1{fill:color-mix(in oklab,var(--quiet),var(--some) 60%)}.s2{fill:var(--some)}.s3{fill:var(--fuss)}.s4{fill:var(--cry)}.s5{fill:var(--scream)}',
);

interface Row {
  y: number;
  /** Width of an hour. */
  cell: number;
  /** Minutes of crying in the worst hour of all. */
  most: number;
  isLast: boolean;
  language: Language;
}

function row({ from, to, minutes, days }: HourlyWeek, { y, cell, most, isLast, language }: Row): string {
  const texts = journalTexts(language);
  const cells = minutes.map((_, i) => {
    const hour = (FIRST_HOUR + i) % 24;
    const words = `${hourText(hour)}: ${minutes[hour].toFixed(1).replace('.', reasonTexts(language).decimalPoint)} min`;
    const drawn = rect(LEFT + i * cell, y, cell - 1, ROW - 3, {
      rx: 2,
      class: `s${shadeOf(minutes[hour], most)}`,
    });
    return withTitle(words, drawn);
  });
  const total = minutes.reduce((a, b) => a + b, 0);
  const name = isLast ? texts.picture.thisWeek : dayText(from, language);
  const words = days === 0 ? '–' : minutesText(total);
  return [
    text(LEFT - 6, y + 16, name, { class: 'end small' }),
    ...(days === 0 ? [unheardRow(y, 24 * cell - 1, texts.notListening)] : cells),
    withTitle(
      daysText(from, to, language),
      text(WIDTH - MARGIN, y + 16, words.replace(' min', 'm').replace(' h', 'h'), { class: 'end' }),
    ),
  ].join('');
}

function unheardRow(y: number, width: number, words: string): string {
  return (
    rect(LEFT, y, width, ROW - 3, { rx: 2, class: 'unheard' }) +
    rect(LEFT + width / 2 - 52, y, 104, ROW - 3, { class: 'ground' }) +
    text(LEFT + width / 2, y + 16, words, { class: 'mid small' })
  );
}

/** By the square root: among a few minutes, one more or less is seen, too. */
function shadeOf(minutes: number, most: number): number {
  return minutes < SOME ? 0 : Math.ceil(SHADES * Math.sqrt(minutes / most));
}

function legend(y: number, most: number, language: Language): string {
  const { none, upTo } = journalTexts(language).picture;
  const cells = Array.from({ length: SHADES + 1 }, (_, i) =>
    rect(LEFT + 20 * i, y - 11, 18, 12, { rx: 2, class: `s${i}` }),
  );
  return [
    text(LEFT - 6, y, none, { class: 'end small' }),
    ...cells,
    text(LEFT + 20 * cells.length + 4, y, upTo(minutesText(most)), { class: 'small' }),
  ].join('');
}
