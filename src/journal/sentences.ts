/** What a journal replies, in the words of each language. */
import { lengthMs } from '../night.js';
import { reasonText, reasonTexts } from '../reason/sentences.js';
import { capital } from '../texts/capital.js';
import * as de from '../texts/de.js';
import { durationText } from '../texts/duration.js';
import * as en from '../texts/en.js';
import type { JournalTexts } from '../texts/en.js';
import type { Language } from '../texts/language.js';
import type { ReasonEstimate } from '../values.js';
import { wallClockAt } from '../wall-clock.js';
import { timeText } from './calendar.js';
import { endOf, type CryEntry } from './entries.js';
import type { HourlyWeek, Period, ReasonRecord, Totals, Week, WeeksByHour } from './questions.js';

export function journalTexts(language: Language): JournalTexts {
  return { en, de }[language].journal;
}

/** 'Night of 22–23 Nov: 3 cries, 12 min in total, the longest 6 min at 02:14. Reasons: hungry 2, tired 1. …' */
export function periodText(period: Period, language: Language = 'en'): string {
  const { totals } = period;
  const texts = journalTexts(language);
  return sentences(
    `${periodName(period, language)}: ${cryingParts(period, language).join(', ')}`,
    reasonsText(totals, texts),
    listeningText(period, language),
    careText(totals, texts),
    ...gapTexts(period, language),
  );
}

const HOUR_MS = 3_600_000;

/** '17 Nov to 23 Nov: 20 cries, 2 h in total, 30% less than the week before.' */
export function weekText({ from, to, totals, before }: Week, language: Language = 'en'): string {
  const texts = journalTexts(language);
  const days = daysText(from, to, language);
  if (totals.cries === 0 && totals.heardS === 0) return sentences(`${days}: ${texts.notListening}`);
  const parts = [texts.cries(totals.cries), texts.inTotal(durationText(totals.cryingS))];
  if (before.cryingS > 0) parts.push(changeText(totals.cryingS, before.cryingS, language));
  return sentences(`${days}: ${parts.join(', ')}`);
}

export function weeksText(answer: WeeksByHour, language: Language = 'en'): string {
  const texts = journalTexts(language);
  const { days } = answer.weeks.at(-1)!;
  const thisWeek =
    days === 0 ? texts.notListening : dailyText(answer.weeks.at(-1)!, texts.cryingDaily, texts);
  return sentences(texts.thisWeek(thisWeek), ...earlierWeeksTexts(answer, language));
}

/** 'This week: 12 min a day' */
export function thisWeekText({ weeks }: WeeksByHour, language: Language): string {
  const texts = journalTexts(language);
  const last = weeks.at(-1)!;
  return texts.thisWeek(last.days === 0 ? texts.notListening : dailyText(last, texts.daily, texts));
}

/** 'Week of 3 Nov: 20 min a day', and the hour with most crying; empty where there is no other week, and no crying. */
export function earlierWeeksTexts({ weeks }: WeeksByHour, language: Language): string[] {
  const texts = journalTexts(language);
  const [first] = weeks;
  const hours = first.minutes.map((_, hour) => weeks.reduce((sum, { minutes }) => sum + minutes[hour], 0));
  const most = hours.indexOf(Math.max(...hours));
  return [
    weeks.length > 1 ? texts.weekOf(dayText(first.from, language), dailyText(first, texts.daily, texts)) : '',
    hours[most] > 0 ? texts.mostBetween(hourText(most), hourText(most + 1)) : '',
  ].filter(Boolean);
}

function dailyText(
  { minutes }: HourlyWeek,
  daily: (minutes: string) => string,
  { noCrying }: JournalTexts,
): string {
  const sum = minutes.reduce((a, b) => a + b, 0);
  return sum === 0 ? noCrying : daily(minutesText(sum));
}

/** Minutes a day, in words. */
export function minutesText(minutes: number): string {
  return durationText(60 * (minutes < 1 ? minutes : Math.round(minutes)));
}

export function recordText(
  { answers, right, commonestRight }: ReasonRecord,
  language: Language = 'en',
): string {
  const texts = journalTexts(language);
  if (answers === 0) return texts.noAnswers;
  const ofAnswers = (count: number): string => percentText(count / answers, language);
  const commonest = `${commonestRight} (${ofAnswers(commonestRight)})`;
  return texts.record(right, answers, ofAnswers(right), commonest);
}

export function cryText(cry: CryEntry, language: Language = 'en'): string {
  const { onset, isCutOff } = cry;
  const texts = journalTexts(language);
  const when = texts.dateAndTime(dateText(onset, language), timeText(onset));
  const end = isCutOff ? `; ${texts.restUnheard}` : '';
  return [`${when}: ${criedText(cry, language)}${end}.`, whyText(cry, language)].filter(Boolean).join(' ');
}

/** 'screamed for 6 min' */
export function criedText(cry: CryEntry, language: Language): string {
  return journalTexts(language).cried[cry.intensity](cryLengthText(cry));
}

/** How long a cry was: '6 min' */
export function cryLengthText(cry: CryEntry): string {
  return durationText(Math.max(1, (endOf(cry) - cry.onset) / 1000));
}

/** 'It was hunger, Anna said at 02:14.', 'Probably hungry (62%).', 'Not sure why.'; empty where there is no reason */
export function whyText({ reason, answer }: CryEntry, language: Language): string {
  const texts = journalTexts(language);
  if (!answer) return reason ? sentences(estimateText(reason, language)) : '';
  const { noun } = reasonTexts(language);
  return sentences(texts.itWas(noun[answer.reason], texts.said(answer.by ?? '', timeText(answer.at))));
}

/** A line for each cry: '02:14  cry     6 min    probably hungry (62%)' */
export function cryLines(cries: readonly CryEntry[]): string[] {
  return cries.map(cry => {
    const { onset, intensity, reason, answer } = cry;
    const why = answer
      ? `${reasonTexts('en').noun[answer.reason]}, ${journalTexts('en').said(answer.by ?? '', timeText(answer.at))}`
      : reason && estimateText(reason, 'en');
    return `  ${timeText(onset)}  ${intensity.padEnd(6)}  ${cryLengthText(cry).padEnd(11)}  ${why ?? ''}`.trimEnd();
  });
}

function estimateText(reason: ReasonEstimate, language: Language): string {
  return reasonText(reason, reasonTexts(language));
}

/** 'Night of 22–23 Nov', 'Night of 30 Nov – 1 Dec', 'Mon 23 Nov' */
export function periodName({ from, to }: Pick<Period, 'from' | 'to'>, language: Language = 'en'): string {
  if (lengthMs({ from, to }) > 30 * HOUR_MS) return daysText(from, to, language);
  if (new Date(wallClockAt(from)).getUTCHours() === 0) return dateText(from, language);
  return journalTexts(language).night(dayOf(from, language), dayOf(to, language));
}

/** '3 cries', '12 min in total', 'the longest 6 min at 02:14'; 'no crying in 11 h of listening' */
export function cryingParts(period: Period, language: Language): readonly string[] {
  const { cries, totals } = period;
  const { cryingS, longestS, heardS } = totals;
  const texts = journalTexts(language);
  if (cries.length === 0) {
    if (heardS === undefined) return [texts.noneNoted];
    if (wasAllHeard(period)) return [texts.noCrying];
    return [heardS === 0 ? texts.notListening : texts.noCryingIn(durationText(heardS))];
  }
  const longest = cries.reduce((a, b) => (endOf(a) - a.onset >= endOf(b) - b.onset ? a : b));
  const [longestText, at] = [durationText(longestS), timeText(longest.onset)];
  return cries.length === 1
    ? texts.oneCry(longestText, at)
    : texts.manyCries(cries.length, durationText(cryingS), longestText, at);
}

/** 'Longest quiet spell 6 h 12 min, from 03:48 to 10:00', 'Listening throughout', or that it is unknown; else empty */
export function listeningText(period: Period, language: Language): string {
  const { cries, totals } = period;
  const { heardS, quiet } = totals;
  const texts = journalTexts(language);
  if (heardS === undefined) return texts.noRecord;
  if (cries.length === 0) return wasAllHeard(period) ? texts.throughout : '';
  if (!quiet) return '';
  const { from, to } = quiet;
  return texts.quiet(durationText((to - from) / 1000), timeText(from), timeText(to));
}

function wasAllHeard({ gaps, totals }: Period): boolean {
  return totals.heardS !== 0 && gaps.every(({ source }) => source !== undefined);
}

function reasonsText({ reasons }: Totals, texts: JournalTexts): string {
  const counts = (Object.entries(reasons) as [keyof JournalTexts['reason'], number][]).sort(
    ([, a], [, b]) => b - a,
  );
  if (counts.length === 0) return '';
  return texts.reasons(counts.map(([reason, count]) => `${texts.reason[reason]} ${count}`).join(', '));
}

/** '3 feeds, 1 change' */
function careText({ feeds, changes }: Totals, texts: JournalTexts): string {
  const care = [feeds > 0 && texts.feeds(feeds), changes > 0 && texts.changes(changes)];
  return care.filter(Boolean).join(', ');
}

/** 'Not listening 02:10 to 02:25', and for each source 'Not listening 12 times, 1 h 24 min in total: cot' */
export function gapTexts({ gaps, totals }: Period, language: Language): string[] {
  if (totals.heardS === 0) return [];
  const texts = journalTexts(language);
  return [...new Set(gaps.map(({ source }) => source))].map(source => {
    const its = gaps.filter(gap => gap.source === source);
    const times =
      its.length > 2
        ? texts.gapTimes(its.length, durationText(lengthMs(...its) / 1000))
        : its.map(({ from, to }) => texts.gapSpan(timeText(from), timeText(to))).join(', ');
    return `${texts.gap(times)}${source === undefined ? '' : `: ${source}`}`;
  });
}

/** '30% less than the week before' */
function changeText(now: number, before: number, language: Language): string {
  const texts = journalTexts(language);
  const change = (now - before) / before;
  const percent = percentText(Math.abs(change), language);
  if (Math.round(100 * change) === 0) return texts.asMuch;
  return change < 0 ? texts.less(percent) : texts.more(percent);
}

/** 'Mon 23 Nov' */
export function dateText(time: number, language: Language = 'en'): string {
  const { weekdays, date } = journalTexts(language);
  return date(weekdays[new Date(wallClockAt(time)).getUTCDay()], dayText(time, language));
}

/** '23 Nov' */
export function dayText(time: number, language: Language): string {
  return journalTexts(language).day(dayOf(time, language));
}

/** '17 Nov to 23 Nov', up to the day before `to` */
export function daysText(from: number, to: number, language: Language): string {
  return journalTexts(language).span(dayText(from, language), dayText(to - 1, language));
}

function dayOf(time: number, language: Language): { day: number; month: string } {
  const date = new Date(wallClockAt(time));
  return { day: date.getUTCDate(), month: journalTexts(language).months[date.getUTCMonth()] };
}

function percentText(share: number, language: Language): string {
  return reasonTexts(language).percent(Math.round(100 * share));
}

/** Each with a capital letter and a full stop; empty ones are left out. */
function sentences(...all: readonly string[]): string {
  return all
    .filter(Boolean)
    .map(words => `${capital(words)}.`)
    .join(' ');
}

export function hourText(hour: number): string {
  return `${String(hour % 24).padStart(2, '0')}:00`;
}
