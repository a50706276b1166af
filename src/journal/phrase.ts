/** What a journal answers, in words. */
import { durationText } from '../reason/phrase.js';
import { dateText, dayText, timeText } from './calendar.js';
import { endOf, type CryEntry } from './entries.js';
import type { Gap, Period, Totals, TrackRecord, Week, WeeksByHour } from './questions.js';

/** '3 cries, 12 min in all, the longest 6 min at 02:14. Hungry twice, ….' */
export function periodText(period: Period): string {
  const { cries, totals, gaps } = period;
  return [
    `${periodName(period)}: ${cryingText(period)}.`,
    reasonsText(totals),
    cries.length > 0 && `The longest quiet time was ${durationText(totals.quietS)}.`,
    toldText(totals),
    gapsText(gaps),
  ]
    .filter(Boolean)
    .join(' ');
}

export function weekText({ from, to, totals, before }: Week): string {
  const change =
    before.cryingS === 0 ? '' : `, ${changeText(totals.cryingS, before.cryingS)} the week before`;
  return `${dayText(from)} to ${dayText(to - 1)}: ${number(totals.cries, 'cry', 'cries')}, ${durationText(totals.cryingS)} in all${change}.`;
}

export function weeksText({ weeks }: WeeksByHour): string {
  const ofDay = weeks.map(({ minutes }) => minutes.reduce((a, b) => a + b, 0));
  const hours = weeks[0].minutes.map((_, hour) => weeks.reduce((sum, { minutes }) => sum + minutes[hour], 0));
  const most = hours.indexOf(Math.max(...hours));
  if (hours[most] === 0) return 'No crying is known of.';
  const change =
    weeks.length < 2 ? '' : ` Week of ${dayText(weeks[0].from)}: ${minutesText(ofDay[0])} a day.`;
  return `This week ${minutesText(ofDay.at(-1)!)} of crying a day.${change} Most between ${hourText(most)} and ${hourText(most + 1)}.`;
}

/** Minutes a day, in words. */
export function minutesText(minutes: number): string {
  return durationText(60 * (minutes < 1 ? minutes : Math.round(minutes)));
}

export function recordText({ answers, right, commonestRight }: TrackRecord): string {
  if (answers === 0)
    return 'No cry was answered yet: tell what a cry was, and it is counted how often the likeliest reason was right.';
  return `The likeliest reason was right in ${right} of ${number(answers, 'answered cry', 'answered cries')} (${percent(right / answers)}); always saying the commonest would have been in ${commonestRight} (${percent(commonestRight / answers)}).`;
}

export function cryText(cry: CryEntry): string {
  const { onset, intensity, isCutOff, reason, answer } = cry;
  const length = durationText(Math.max(1, (endOf(cry) - onset) / 1000));
  const said = answer
    ? `It was ${answer.reason}, you said.`
    : reason &&
      (reason.label === 'unsure'
        ? 'Not sure why.'
        : `Maybe ${reason.label} (${percent(reason.confidence)}).`);
  const end = isCutOff ? ', and then nobody listened' : '';
  return [`${dateText(onset)} at ${timeText(onset)}: ${ofIntensity[intensity]} for ${length}${end}.`, said]
    .filter(Boolean)
    .join(' ');
}

/** A line for each cry: '02:14  cry     6 min    hungry (62 %)' */
export function cryLines(cries: readonly CryEntry[]): string[] {
  return cries.map(({ onset, intensity, durationS, reason, answer }) => {
    const why = answer
      ? `it was ${answer.reason}`
      : reason && `${reason.label} (${percent(reason.confidence)})`;
    const length = durationText(Math.max(1, durationS));
    return `  ${timeText(onset)}  ${intensity.padEnd(6)}  ${length.padEnd(11)}  ${why ?? ''}`.trimEnd();
  });
}

const ofIntensity = { fuss: 'fussed', cry: 'cried', scream: 'screamed' };

/** 'Night to Mon 23 Nov', 'Mon 23 Nov' */
export function periodName({ from, to }: Pick<Period, 'from' | 'to'>): string {
  return new Date(from).getHours() === 0 ? dateText(from) : `Night to ${dateText(to)}`;
}

/** '3 cries, 12 min in all, the longest 6 min at 02:14' */
export function cryingText({ cries, gaps, totals: { cryingS, longestS } }: Period): string {
  if (cries.length === 0)
    return gaps.some(({ source }) => source === undefined) ? 'nobody listened' : 'no cry was noted';
  const longest = cries.reduce((a, b) => (endOf(a) - a.onset >= endOf(b) - b.onset ? a : b));
  if (cries.length === 1) return `one cry of ${durationText(longestS)}, at ${timeText(longest.onset)}`;
  return `${cries.length} cries, ${durationText(cryingS)} in all, the longest ${durationText(longestS)} at ${timeText(longest.onset)}`;
}

function reasonsText({ reasons }: Totals): string {
  const said = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  if (said.length === 0) return '';
  return `Reasons: ${said.map(([reason, count]) => `${reason} ${count}`).join(', ')}.`;
}

function toldText({ feeds, changes }: Totals): string {
  const told = [
    feeds > 0 && number(feeds, 'feed', 'feeds'),
    changes > 0 && number(changes, 'change', 'changes'),
  ];
  const words = told.filter(Boolean).join(', ');
  return words && `${words}.`;
}

/** 'Not heard: cot from 02:10 to 02:25.' */
export function gapsText(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return '';
  const times = gaps.map(
    ({ source, from, to }) => `${source ? `${source} ` : ''}${timeText(from)} to ${timeText(to)}`,
  );
  return `Not heard: ${times.join(', ')}.`;
}

/** '30 % less than', 'as much as' */
function changeText(now: number, before: number): string {
  const change = Math.round((100 * (now - before)) / before);
  if (change === 0) return 'as much as';
  return `${Math.abs(change)} % ${change < 0 ? 'less' : 'more'} than`;
}

function number(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

export function hourText(hour: number): string {
  return `${String(hour % 24).padStart(2, '0')}:00`;
}
