import { dayText } from '../calendar.js';
import { recordText } from '../phrase.js';
import type { TrackRecord } from '../questions.js';
import { heading, path, picture, round, text, WIDTH } from './svg.js';

const TOP = 118;
/** So few tell nothing. */
const ENOUGH = 20;
const HEIGHT = 120;
const LEFT = 54;
const RIGHT = 92;

/** How often the likeliest reason was right, beside always saying the commonest: two bars, and how they came about. */
export function recordPicture(record: TrackRecord): string {
  const { answers, right, commonestRight, course } = record;
  if (answers === 0)
    return picture(130, recordText(record), [
      heading('Was the reason right?', 'Nobody knows yet', 'Tell what a cry was, and it is counted here.'),
    ]);
  const better = right - commonestRight;
  const verdict =
    better > 0 ? `Right ${right} times of ${answers}` : `Right ${right} times of ${answers}: no better`;
  const across = (i: number): number =>
    LEFT + (answers === 1 ? 0.5 : i / (answers - 1)) * (WIDTH - LEFT - RIGHT);
  const up = (share: number): number => TOP + HEIGHT * (1 - share);
  const curve = (rightOf: (step: TrackRecord['course'][number]) => number): string =>
    `M${course.map((step, i) => `${round(across(i))} ${round(up(rightOf(step) / (i + 1)))}`).join('L')}`;
  const ends = apart(up(right / answers), up(commonestRight / answers));
  return picture(TOP + HEIGHT + 54, recordText(record), [
    heading(
      'Was the reason right?',
      verdict,
      `Always saying the commonest reason: right ${commonestRight} times`,
      answers < ENOUGH ? 'Too few answers to tell skill from luck' : '',
    ),
    ...[0, 0.5, 1].map(
      share =>
        path(`M${LEFT} ${up(share)}H${WIDTH - RIGHT}`, 'class="line"') +
        text(LEFT - 6, up(share) + 4, `${100 * share} %`, 'end small'),
    ),
    path(
      curve(step => step.commonestRight),
      'fill="none" stroke="var(--faint)" stroke-width="2" stroke-dasharray="5 4"',
    ),
    path(
      curve(step => step.right),
      'fill="none" stroke="var(--cry2)" stroke-width="3"',
    ),
    ...course.map((step, i) => tick(step.said === step.answer, across(i), TOP + HEIGHT + 16)),
    text(WIDTH - RIGHT + 6, ends[0] + 4, 'reason said'),
    text(WIDTH - RIGHT + 6, ends[1] + 4, 'commonest', 'faint'),
    text(LEFT, TOP + HEIGHT + 38, dayText(course[0].at), 'small'),
    text(WIDTH - RIGHT, TOP + HEIGHT + 38, dayText(course.at(-1)!.at), 'end small'),
    tick(true, WIDTH - RIGHT + 12, TOP + HEIGHT + 16),
    text(WIDTH - RIGHT + 20, TOP + HEIGHT + 20, 'right', 'small'),
    tick(false, WIDTH - RIGHT + 12, TOP + HEIGHT + 34),
    text(WIDTH - RIGHT + 20, TOP + HEIGHT + 38, 'wrong', 'small'),
  ]);
}

/** Each answered cry: a full dot where it was right, else an empty one. */
function tick(wasRight: boolean, x: number, y: number): string {
  const fill = wasRight ? 'var(--cry2)' : 'none';
  return `<circle cx="${round(x)}" cy="${y}" r="3" fill="${fill}" stroke="var(--cry2)"/>`;
}

/** Heights of two labels, so that neither lies on the other. */
function apart(first: number, second: number): [number, number] {
  const overlap = 15 - Math.abs(first - second);
  if (overlap <= 0) return [first, second];
  const up = first <= second ? -1 : 1;
  return [first + (up * overlap) / 2, second - (up * overlap) / 2];
}
