import type { JournalTexts } from '../../texts/en.js';
import type { Language } from '../../texts/language.js';
import { dayText, journalTexts, recordText } from '../sentences.js';
import type { ReasonRecord } from '../questions.js';
import { circle, path, round, text } from '../../pictures/svg.js';
import { heading, picture, WIDTH } from './sheet.js';

const TOP = 118;
/** With fewer answers, luck decides. */
const ENOUGH = 20;
const HEIGHT = 120;
const LEFT = 54;
const RIGHT = 106;
/** As many as fit beside each other. */
const MOST_DOTS = 36;

/** How often the likeliest reason was right, beside always guessing the most common one: both over time. */
export function recordPicture(record: ReasonRecord, language: Language = 'en'): string {
  const { answers, right, commonestRight, course } = record;
  const texts = journalTexts(language).picture;
  if (answers === 0)
    return picture(130, recordText(record, language), [
      heading(texts.wasRight, texts.noAnswers, texts.sayWhat),
    ]);
  const across = (share: number): number => LEFT + share * (WIDTH - LEFT - RIGHT);
  const up = (share: number): number => TOP + HEIGHT * (1 - share);
  const curve = (rightOf: (step: ReasonRecord['course'][number]) => number): string =>
    `M${course.map((step, i) => `${round(across(shareOf(i, course)))} ${round(up(rightOf(step) / (i + 1)))}`).join('L')}`;
  const ends = labelHeights(up(right / answers), up(commonestRight / answers), up(0));
  const newest = course.slice(-MOST_DOTS);
  const dots = TOP + HEIGHT + 36;
  return picture(TOP + HEIGHT + 62, recordText(record, language), [
    heading(
      texts.wasRight,
      texts.right(right, answers),
      texts.commonest(commonestRight),
      verdict(record, texts),
    ),
    ...[0, 0.5, 1].map(
      share =>
        path(`M${LEFT} ${up(share)}H${WIDTH - RIGHT}`, { class: 'line' }) +
        text(LEFT - 6, up(share) + 4, `${100 * share}%`, { class: 'end small' }),
    ),
    path(
      curve(step => step.commonestRight),
      { fill: 'none', stroke: 'var(--faint)', 'stroke-width': 2, 'stroke-dasharray': '5 4' },
    ),
    path(
      curve(step => step.right),
      { fill: 'none', stroke: 'var(--cry)', 'stroke-width': 3 },
    ),
    text(WIDTH - RIGHT + 6, ends[0] + 4, texts.likeliestLine),
    text(WIDTH - RIGHT + 6, ends[1] + 4, texts.commonestLine, { class: 'faint' }),
    text(LEFT, TOP + HEIGHT + 18, dayText(course[0].at, language), { class: 'small' }),
    text(WIDTH - RIGHT, TOP + HEIGHT + 18, dayText(course.at(-1)!.at, language), { class: 'end small' }),
    newest.length < answers ? text(LEFT - 8, dots + 4, texts.newest, { class: 'end small' }) : '',
    ...newest.map((step, i) => dot(step.said === step.answer, across(shareOf(i, newest)), dots)),
    dot(true, WIDTH - RIGHT + 12, dots),
    text(WIDTH - RIGHT + 20, dots + 4, texts.rightDot, { class: 'small' }),
    dot(false, WIDTH - RIGHT + 12, dots + 16),
    text(WIDTH - RIGHT + 20, dots + 20, texts.wrongDot, { class: 'small' }),
  ]);
}

function verdict(
  { answers, right, commonestRight }: ReasonRecord,
  { tooFew, worse, noBetter }: JournalTexts['picture'],
): string {
  if (answers < ENOUGH) return tooFew;
  if (right > commonestRight) return '';
  return right < commonestRight ? worse : noBetter;
}

/** Where in a list one is: from 0 to 1. */
function shareOf(index: number, { length }: { length: number }): number {
  return length === 1 ? 0.5 : index / (length - 1);
}

/** An answered cry: a full dot where it was right, else an empty one. */
function dot(wasRight: boolean, x: number, y: number): string {
  const fill = wasRight ? 'var(--cry)' : 'none';
  return circle(x, y, 3, { fill, stroke: 'var(--cry)' });
}

/** Heights of two labels, so that they do not overlap, and neither is lower than the lowest. */
function labelHeights(first: number, second: number, lowest: number): [number, number] {
  const overlap = Math.max(0, 15 - Math.abs(first - second));
  const up = first <= second ? -overlap / 2 : overlap / 2;
  const down = Math.max(first + up, second - up) - lowest;
  return [first + up - Math.max(0, down), second - up - Math.max(0, down)];
}
