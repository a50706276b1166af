/** What a journal replies, in words. */
import { reasonText as reasonTextIn, reasonTexts } from '../reason/sentences.js';
import { durationText } from '../texts/duration.js';
import { lengthMs } from '../night.js';
import { dateText, dayText, timeText } from './calendar.js';
import { endOf, type CryEntry } from './entries.js';
import type { Intensity } from '../values.js';
import { wallClockAt } from '../wall-clock.js';
import type { HourlyWeek, Period, Totals, ReasonRecord, Week, WeeksByHour } from './questions.js';

/** 'Night of 22–23 Nov: 3 cries, 12 min in total, the longest 6 min at 02:14. Reasons: hungry 2, tired 1. …' */
export function periodText(period: Period): string {
  const { totals } = period;
  return [
    `${periodName(period)}: ${cryingText(period)}`,
    reasonsText(totals),
    listeningText(period),
    careText(totals),
    ...gapTexts(period),
  ]
    .filter(Boolean)
    .map(words => `${words}.`)
    .join(' ');
}

export function weekText({ from, to, totals, before }: Week): string {
  const days = `${dayText(from)} to ${dayText(to - 1)}`;
  if (totals.cries === 0 && totals.heardS === 0) return `${days}: not listening.`;
  const change =
    before.cryingS === 0 ? '' : `, ${changeText(totals.cryingS, before.cryingS)} the week before`;
  return `${days}: ${number(totals.cries, 'cry', 'cries')}, ${durationText(totals.cryingS)} in total${change}.`;
}

export function weeksText({ weeks }: WeeksByHour): string {
  const [first, last] = [weeks[0], weeks.at(-1)!];
  const hours = first.minutes.map((_, hour) => weeks.reduce((sum, { minutes }) => sum + minutes[hour], 0));
  const most = hours.indexOf(Math.max(...hours));
  return [
    `This week: ${last.days === 0 ? 'not listening' : dailyText(last, ' of crying')}`,
    weeks.length > 1 && `Week of ${dayText(first.from)}: ${dailyText(first)}`,
    hours[most] > 0 && `Most crying between ${hourText(most)} and ${hourText(most + 1)}`,
  ]
    .filter(Boolean)
    .map(words => `${words}.`)
    .join(' ');
}

function dailyText({ minutes }: HourlyWeek, ofWhat = ''): string {
  const sum = minutes.reduce((a, b) => a + b, 0);
  return sum === 0 ? 'no crying' : `${minutesText(sum)}${ofWhat} a day`;
}

/** Minutes a day, in words. */
export function minutesText(minutes: number): string {
  return durationText(60 * (minutes < 1 ? minutes : Math.round(minutes)));
}

export function recordText({ answers, right, commonestRight }: ReasonRecord): string {
  if (answers === 0)
    return 'No answers yet. Say what a cry was, and the journal counts how often the likeliest reason was right.';
  return `The likeliest reason was right for ${right} of ${number(answers, 'answered cry', 'answered cries')} (${percent(right / answers)}); always guessing the most common one would have been right for ${commonestRight} (${percent(commonestRight / answers)}).`;
}

export function cryText(cry: CryEntry): string {
  const { onset, isCutOff } = cry;
  const end = isCutOff ? '; the rest was not heard' : '';
  return [`${dateText(onset)} at ${timeText(onset)}: ${criedText(cry)}${end}.`, whyText(cry)]
    .filter(Boolean)
    .join(' ');
}

/** 'screamed for 6 min' */
export function criedText(cry: CryEntry): string {
  return `${VERBS[cry.intensity]} for ${durationText(Math.max(1, (endOf(cry) - cry.onset) / 1000))}`;
}

/** 'It was hunger, Anna said at 02:14.', 'Probably hungry (62%).', 'Not sure why.'; empty where there is no reason */
export function whyText({ reason, answer }: CryEntry): string {
  if (answer) return `It was ${NOUNS[answer.reason]}, ${answer.by ?? 'you'} said at ${timeText(answer.at)}.`;
  return reason ? `${capital(reasonText(reason))}.` : '';
}

/** A line for each cry: '02:14  cry     6 min    probably hungry (62%)' */
export function cryLines(cries: readonly CryEntry[]): string[] {
  return cries.map(({ onset, intensity, durationS, reason, answer }) => {
    const why = answer
      ? `${NOUNS[answer.reason]}, ${answer.by ?? 'you'} said at ${timeText(answer.at)}`
      : reason && reasonText(reason);
    const length = durationText(Math.max(1, durationS));
    return `  ${timeText(onset)}  ${intensity.padEnd(6)}  ${length.padEnd(11)}  ${why ?? ''}`.trimEnd();
  });
}

const TEXTS = reasonTexts('en');
const NOUNS = TEXTS.noun;

function reasonText(reason: Parameters<typeof reasonTextIn>[0]): string {
  return reasonTextIn(reason, TEXTS);
}

const VERBS = { fuss: 'fussed', cry: 'cried', scream: 'screamed' } satisfies Record<Intensity, string>;

/** 'Night of 22–23 Nov', 'Night of 30 Nov – 1 Dec', 'Mon 23 Nov' */
export function periodName({ from, to }: Pick<Period, 'from' | 'to'>): string {
  const [evening, morning] = [from, to].map(time => new Date(wallClockAt(time)));
  if (evening.getUTCHours() === 0) return dateText(from);
  return evening.getUTCMonth() === morning.getUTCMonth()
    ? `Night of ${evening.getUTCDate()}–${dayText(to)}`
    : `Night of ${dayText(from)} – ${dayText(to)}`;
}

/** '3 cries, 12 min in total, the longest 6 min at 02:14', 'no crying in 11 h of listening' */
export function cryingText(period: Period): string {
  const { cries, totals } = period;
  const { cryingS, longestS, heardS } = totals;
  if (cries.length === 0) {
    if (heardS === undefined) return 'no cries noted';
    if (wasAllHeard(period)) return 'no crying';
    return heardS === 0 ? 'not listening' : `no crying in ${durationText(heardS)} of listening`;
  }
  const longest = cries.reduce((a, b) => (endOf(a) - a.onset >= endOf(b) - b.onset ? a : b));
  if (cries.length === 1) return `one cry of ${durationText(longestS)}, at ${timeText(longest.onset)}`;
  return `${cries.length} cries, ${durationText(cryingS)} in total, the longest ${durationText(longestS)} at ${timeText(longest.onset)}`;
}

/** 'Longest quiet spell 6 h 12 min, from 03:48 to 10:00', 'Listening throughout', or that it is unknown; else empty */
export function listeningText(period: Period): string {
  const { cries, totals } = period;
  const { heardS, quiet } = totals;
  if (heardS === undefined) return 'No record of when it was listening';
  if (cries.length === 0) return wasAllHeard(period) ? 'Listening throughout' : '';
  if (!quiet) return '';
  const { from, to } = quiet;
  return `Longest quiet spell ${durationText((to - from) / 1000)}, from ${timeText(from)} to ${timeText(to)}`;
}

function wasAllHeard({ gaps, totals }: Period): boolean {
  return totals.heardS !== 0 && gaps.every(({ source }) => source !== undefined);
}

function reasonsText({ reasons }: Totals): string {
  const counts = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  if (counts.length === 0) return '';
  return `Reasons: ${counts.map(([reason, count]) => `${reason} ${count}`).join(', ')}`;
}

/** '3 feeds, 1 change' */
function careText({ feeds, changes }: Totals): string {
  const care = [
    feeds > 0 && number(feeds, 'feed', 'feeds'),
    changes > 0 && number(changes, 'change', 'changes'),
  ];
  return care.filter(Boolean).join(', ');
}

/** 'Not listening 02:10 to 02:25', and for each source 'Not listening 12 times, 1 h 24 min in total: cot' */
export function gapTexts({ gaps, totals }: Period): string[] {
  if (totals.heardS === 0) return [];
  return [...new Set(gaps.map(({ source }) => source))].map(source => {
    const its = gaps.filter(gap => gap.source === source);
    const times =
      its.length > 2
        ? `${its.length} times, ${durationText(lengthMs(...its) / 1000)} in total`
        : its.map(({ from, to }) => `${timeText(from)} to ${timeText(to)}`).join(', ');
    return `Not listening ${times}${source === undefined ? '' : `: ${source}`}`;
  });
}

/** '30% less than', 'the same as' */
function changeText(now: number, before: number): string {
  const change = Math.round((100 * (now - before)) / before);
  if (change === 0) return 'the same as';
  return `${Math.abs(change)}% ${change < 0 ? 'less' : 'more'} than`;
}

function number(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

/** With a capital letter first. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function hourText(hour: number): string {
  return `${String(hour % 24).padStart(2, '0')}:00`;
}
