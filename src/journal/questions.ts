/** What a journal knows of nights, days and weeks. */
import { indexOfLargest } from '../maths/statistics.js';
import type { ContextFact } from '../reason/facts.js';
import { sharesOfCounts } from '../reason/prior.js';
import { NO_RECORD, trackRecords, type TrackRecord } from '../reason/record.js';
import { REASONS, type Intensity, type Reason, type ReasonEstimate } from '../values.js';
import { lengthMs, nightAt, type TimeSpan } from '../night.js';
import { hourAt } from '../wall-clock.js';
import { dayAt } from './calendar.js';
import { endOf, type CryEntry, type Entry, type HeardEntry } from './entries.js';

/** What happened over a night or a day. */
export interface Period extends TimeSpan {
  /** How far it is known, epoch ms: to its end, or to now while it lasts. */
  until: number;
  /** In the order in which they began. */
  cries: CryEntry[];
  /** In the order in which they were. */
  facts: ContextFact[];
  /** From falling asleep to waking, as far as they are known. */
  sleeps: TimeSpan[];
  /** When a source was not heard, two minutes at least; empty also where the health of no source ever arrived. */
  gaps: Gap[];
  totals: Totals;
}

/** A time over which a source was not heard. */
export interface Gap extends TimeSpan {
  /** Undefined where no source was heard. */
  source?: string;
}

export interface Totals {
  cries: number;
  cryingS: number;
  longestS: number;
  /** How long any source was heard; undefined where the health of no source ever arrived. */
  heardS?: number;
  /** The longest time without a cry in which a source was heard throughout; undefined where that is unknown. */
  quiet?: TimeSpan;
  intensities: Partial<Record<Intensity, number>>;
  /** How often each reason was estimated, or answered where there is an answer. */
  reasons: Partial<Record<ReasonEstimate['label'], number>>;
  feeds: number;
  changes: number;
}

/** The seven days to one, and those before. */
export interface Week extends TimeSpan {
  days: (TimeSpan & Pick<Totals, 'cries' | 'cryingS'>)[];
  totals: Totals;
  before: Totals;
}

/** Crying by the hour of the day, over weeks. */
export interface WeeksByHour {
  /** From the oldest on; each ends with the same day of the week as the last. */
  weeks: HourlyWeek[];
}

export interface HourlyWeek extends TimeSpan {
  /** Minutes of crying a day in each hour from midnight on: a mean over the days of which anything is known. */
  minutes: number[];
  /** Number of those days. */
  days: number;
}

/** How often the likeliest reason was what caregivers answered. */
export interface ReasonRecord extends TrackRecord {
  /** Cry by cry, in the order in which they were, each with the record so far. */
  course: (Omit<TrackRecord, 'answers'> & { at: number; said: Reason; answer: Reason })[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** That a source is heard is written every minute: what is shorter may not be a gap. */
const LEAST_GAP_MS = 2 * MINUTE_MS;
/** A sleep that nobody ended is drawn no longer than this. */
const LONGEST_SLEEP_MS = 6 * HOUR_MS;
const WEEKS = 8;

/** The night at a time (epoch ms), as `nightAt` defines it. @param now epoch ms: the future is unknown */
export function nightOf(entries: Iterable<Entry>, time: number, now: number): Period {
  return periodOf([...entries], nightAt(time), now);
}

/** The day of a time (epoch ms). @param now epoch ms: the future is unknown */
export function dayOf(entries: Iterable<Entry>, time: number, now: number): Period {
  return periodOf([...entries], dayAt(time), now);
}

/** The day of a time (epoch ms) and the one before. @param now epoch ms: the future is unknown */
export function sinceYesterday(entries: Iterable<Entry>, time: number, now: number): Period {
  return periodOf([...entries], { from: dayAt(time, -1).from, to: dayAt(time).to }, now);
}

/** The seven days up to that of a time (epoch ms). @param now epoch ms: the future is unknown */
export function weekOf(entries: Iterable<Entry>, time: number, now: number): Week {
  const all = [...entries];
  const days = Array.from({ length: 7 }, (_, i) => dayAt(time, i - 6));
  const week = { from: days[0].from, to: days[6].to };
  const before = { from: dayAt(time, -13).from, to: week.from };
  return {
    ...week,
    days: days.map(day => {
      const { cries, cryingS } = periodOf(all, day, now).totals;
      return { ...day, cries, cryingS };
    }),
    totals: periodOf(all, week, now).totals,
    before: periodOf(all, before, now).totals,
  };
}

/** The weeks up to the day of a time (epoch ms), as far back as anything is known, at most eight. */
export function weeksByHourOf(entries: Iterable<Entry>, time: number): WeeksByHour {
  const weeks = Array.from({ length: WEEKS }, (_, i) => ({
    from: dayAt(time, 7 * (i - WEEKS) + 1).from,
    to: dayAt(time, 7 * (i + 1 - WEEKS)).to,
    minutes: new Array<number>(24).fill(0),
    known: new Set<number>(),
  }));
  const first = weeks[0].from;
  // Days have 23 to 25 hours: a week is found by looking.
  const weekAt = (at: number): (typeof weeks)[number] | undefined =>
    weeks.find(({ from, to }) => at >= from && at < to);
  for (const entry of entries) {
    if (entry.kind === 'fact') continue;
    const [from, to] = entry.kind === 'cry' ? [entry.onset, endOf(entry)] : [entry.from, entry.to];
    for (let at = Math.max(from, first); at <= to; at = nextHour(at)) {
      const week = weekAt(at);
      week?.known.add(dayAt(at).from);
      if (week && entry.kind === 'cry')
        week.minutes[Math.floor(hourAt(at))] += (Math.min(to, nextHour(at)) - at) / MINUTE_MS;
    }
  }
  const known = weeks.findIndex(({ known }) => known.size > 0);
  return {
    weeks: weeks.slice(known < 0 ? -1 : known).map(({ known, minutes, ...week }) => ({
      ...week,
      minutes: minutes.map(sum => sum / Math.max(1, known.size)),
      days: known.size,
    })),
  };
}

/**
 * The cry of an id, or the newest one.
 * @param now epoch ms: a cry that lies more than a day ahead was noted while the clock was wrong, and is not the newest
 */
export function cryOf(entries: Iterable<Entry>, now: number, id?: string): CryEntry | undefined {
  const cries = [...entries].filter(entry => entry.kind === 'cry');
  if (id !== undefined) return cries.find(cry => cry.id === id);
  const plausible = cries.filter(({ onset }) => onset <= now + DAY_MS);
  return plausible.reduce<CryEntry | undefined>(
    (newest, cry) => (newest && newest.onset > cry.onset ? newest : cry),
    undefined,
  );
}

/** How often the likeliest reason was right so far. */
export function reasonRecordOf(entries: Iterable<Entry>): ReasonRecord {
  const answered = [...entries]
    .filter(entry => entry.kind === 'cry')
    .flatMap(({ onset, reason, answer }) => (reason && answer ? [{ onset, reason, answer }] : []))
    .sort((a, b) => a.onset - b.onset)
    .map(({ onset, reason, answer }) => ({
      onset,
      answeredAt: answer.at,
      label: REASONS.indexOf(answer.reason),
      probabilities: REASONS.map(one => reason.probabilities[one]),
    }));
  const records = trackRecords(answered, sharesOfCounts);
  return {
    ...(records.at(-1) ?? NO_RECORD),
    course: answered.map(({ onset, label, probabilities }, i) => ({
      at: onset,
      said: REASONS[indexOfLargest(probabilities)],
      answer: REASONS[label],
      right: records[i].right,
      commonestRight: records[i].commonestRight,
    })),
  };
}

function periodOf(entries: readonly Entry[], span: TimeSpan, now: number): Period {
  const { from, to } = span;
  const known = { from, to: Math.max(from, Math.min(to, now)) };
  const within = entries.filter(entry => overlaps(entry, span));
  const cries = within.filter(entry => entry.kind === 'cry').sort((a, b) => a.onset - b.onset);
  const facts = factsOf(within);
  const wasEverHeard = entries.some(({ kind }) => kind === 'heard');
  const gaps = wasEverHeard
    ? gapsOf(
        within.filter(entry => entry.kind === 'heard'),
        known,
      )
    : [];
  return {
    ...span,
    until: known.to,
    cries,
    facts,
    sleeps: sleepsOf(factsOf(entries), known),
    gaps,
    totals: { ...totalsOf(cries, facts, span), ...(wasEverHeard && listeningOf(cries, gaps, known)) },
  };
}

function overlaps(entry: Entry, { from, to }: TimeSpan): boolean {
  switch (entry.kind) {
    case 'cry':
      return entry.onset < to && endOf(entry) > from;
    case 'fact':
      return entry.fact.at < to && entry.fact.at >= from;
    case 'heard':
      return entry.from < to && entry.to > from;
  }
}

/** In order of time. */
function factsOf(entries: readonly Entry[]): ContextFact[] {
  return entries
    .filter(entry => entry.kind === 'fact')
    .map(({ fact }) => fact)
    .sort((a, b) => a.at - b.at);
}

/** @param facts all of them in order: a sleep may begin before a span and end after it */
function sleepsOf(facts: readonly ContextFact[], { from, to }: TimeSpan): TimeSpan[] {
  const changes = facts.filter(({ kind }) => kind === 'sleep' || kind === 'wake');
  return changes.flatMap(({ kind, at }, i) => {
    if (kind === 'wake') return [];
    const next = changes.at(i + 1);
    const end = next?.kind === 'wake' ? next.at : Math.min(next?.at ?? Infinity, at + LONGEST_SLEEP_MS);
    const sleep = { from: Math.max(from, at), to: Math.min(to, end) };
    return sleep.from < sleep.to ? [sleep] : [];
  });
}

/** When no source was heard, and then when each of those that were heard in a span was not. */
function gapsOf(heard: readonly HeardEntry[], span: TimeSpan): Gap[] {
  const gapsBetween = (spans: readonly TimeSpan[]): TimeSpan[] =>
    uncoveredParts(spans, span).filter(({ from, to }) => to - from >= LEAST_GAP_MS);
  const unheard = gapsBetween(heard);
  const sources = new Set(heard.map(({ source }) => source));
  const ofSource = (source: string): Gap[] =>
    gapsBetween([...unheard, ...heard.filter(entry => entry.source === source)]).map(gap => ({
      source,
      ...gap,
    }));
  return [...unheard, ...[...sources].flatMap(ofSource)];
}

/** The parts of a time that no span covers. */
function uncoveredParts(spans: readonly TimeSpan[], { from, to }: TimeSpan): TimeSpan[] {
  const free: TimeSpan[] = [];
  let at = from;
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const end = Math.min(to, span.from);
    if (at < end) free.push({ from: at, to: end });
    at = Math.max(at, span.to);
  }
  if (at < to) free.push({ from: at, to });
  return free;
}

function totalsOf(cries: readonly CryEntry[], facts: readonly ContextFact[], { from, to }: TimeSpan): Totals {
  const lengths = cries.map(cry => (Math.min(to, endOf(cry)) - Math.max(from, cry.onset)) / 1000);
  const count = (kind: ContextFact['kind']): number => facts.filter(fact => fact.kind === kind).length;
  return {
    cries: cries.length,
    cryingS: lengths.reduce((sum, length) => sum + length, 0),
    longestS: Math.max(0, ...lengths),
    intensities: countsOf(cries.map(({ intensity }) => intensity)),
    reasons: countsOf(cries.flatMap(({ reason, answer }) => answer?.reason ?? reason?.label ?? [])),
    feeds: count('feed'),
    changes: count('change'),
  };
}

function listeningOf(
  cries: readonly CryEntry[],
  gaps: readonly Gap[],
  known: TimeSpan,
): Pick<Totals, 'heardS' | 'quiet'> {
  const unheard = gaps.filter(({ source }) => source === undefined);
  const loud = cries.map(cry => ({ from: cry.onset, to: endOf(cry) }));
  const quiet = uncoveredParts([...loud, ...unheard], known)
    .sort((a, b) => lengthMs(b) - lengthMs(a))
    .at(0);
  return { heardS: (lengthMs(known) - lengthMs(...unheard)) / 1000, ...(quiet && { quiet }) };
}

function countsOf<Word extends string>(words: readonly Word[]): Partial<Record<Word, number>> {
  const counts: Partial<Record<Word, number>> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** The beginning of the hour after a time by the local clock, which may be half an hour apart from UTC's. */
function nextHour(time: number): number {
  const hour = new Date(time);
  return hour.setMinutes(60, 0, 0);
}
