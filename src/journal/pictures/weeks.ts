import { dayText } from '../calendar.js';
import { hourText, minutesText, weeksText } from '../phrase.js';
import type { HourlyWeek, WeeksByHour } from '../questions.js';
import { escapeText } from '../../evaluation/escape.js';
import { heading, MARGIN, picture, rect, text, WIDTH } from './svg.js';

/** Hours go from noon to noon, so that a night is in one piece. */
const FIRST_HOUR = 12;
const LEFT = 72;
const RIGHT = 64;
const TOP = 134;
const ROW = 26;
/** Minutes of crying in the hour from which on a cell has each shade. */
const STEPS = [0.1, 0.5, 1.5, 3, 6];

/** Crying by the hour of the day, a row a week; at the right its minutes a day. */
export function weeksPicture(answer: WeeksByHour): string {
  const { weeks } = answer;
  const cell = (WIDTH - LEFT - RIGHT) / 24;
  const bottom = TOP + ROW * weeks.length;
  const [big, ...rest] = weeksText(answer).split(/(?<=\.) /);
  const rows = weeks.map((week, i) => row(week, TOP + ROW * i, cell, i === weeks.length - 1));
  const ticks = [0, 6, 12, 18].map(i => text(LEFT + i * cell, TOP - 8, hourText(FIRST_HOUR + i), 'small'));
  return picture(bottom + 40, weeksText(answer), [
    SHADES,
    heading('Crying by the hour', big.replace(' of crying a day.', ' a day'), ...rest),
    ...ticks,
    text(WIDTH - MARGIN, TOP - 8, 'a day', 'end small'),
    ...rows,
    legend(bottom + 26),
  ]);
}

/** From faint to strong, in one hue. */
const SHADES =
  '<style>.s0{fill:var(--quiet)}.s1{fill:color-mix(in oklab,var(--quiet),var(--cry1) 60%)}.s2{fill:var(--cry1)}.s3{fill:color-mix(in oklab,var(--cry1),var(--cry2) 60%)}.s4{fill:var(--cry2)}.s5{fill:var(--cry3)}</style>';

function row({ from, to, minutes, days }: HourlyWeek, y: number, cell: number, isLast: boolean): string {
  const cells = minutes.map((_, i) => {
    const hour = (FIRST_HOUR + i) % 24;
    const shade = STEPS.filter(step => minutes[hour] >= step).length;
    const words = `${hourText(hour)}: ${minutes[hour].toFixed(1)} min`;
    const drawn = rect(LEFT + i * cell, y, cell - 1, ROW - 3, `rx="2" class="s${shade}"`);
    return `<g><title>${escapeText(words)}</title>${drawn}</g>`;
  });
  const total = minutes.reduce((a, b) => a + b, 0);
  const name = isLast ? 'this week' : dayText(from);
  const words = days === 0 ? '–' : minutesText(total);
  return [
    text(LEFT - 6, y + 16, name, 'end small'),
    ...cells,
    `<g><title>${escapeText(`${dayText(from)} to ${dayText(to - 1)}`)}</title>${text(WIDTH - MARGIN, y + 16, words.replace(' min', 'm').replace(' h', 'h'), 'end')}</g>`,
  ].join('');
}

function legend(y: number): string {
  const shades = [0, ...STEPS];
  const cells = shades.map((_, i) => rect(LEFT + 20 * i, y - 11, 18, 12, `rx="2" class="s${i}"`));
  const most = `${STEPS.at(-1)} min of the hour or more`;
  return [
    text(LEFT - 6, y, 'none', 'end small'),
    ...cells,
    text(LEFT + 20 * shades.length + 4, y, most, 'small'),
  ].join('');
}
