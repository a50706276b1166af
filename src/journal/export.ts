import { formatCsv, type CsvRow } from '../files/csv.js';
import { REASONS } from '../values.js';
import { endOf, entryTime, type Entry } from './entries.js';

/** Columns of the table, whichever kind of entry a row is. */
const COLUMNS = [
  'kind',
  'id',
  'begin',
  'end',
  'source',
  'duration_s',
  'intensity',
  'peak_score',
  'mean_score',
  'reason',
  'confidence',
  ...REASONS.map(reason => `p_${reason.replace(' ', '_')}` as const),
  'answer',
  'answered_at',
  'answered_by',
  'celsius',
  'clip',
  'picture',
] as const;
type Row = CsvRow<(typeof COLUMNS)[number]>;

/** All entries in the order in which they were. */
export function exportJson(entries: Iterable<Entry>): Entry[] {
  return [...entries].sort((a, b) => entryTime(a) - entryTime(b));
}

/** All entries as a table of comma-separated values (RFC 4180), one a row; times in ISO 8601. */
export function exportCsv(entries: Iterable<Entry>): string {
  const rows = exportJson(entries).map(entry => {
    const fields = Object.entries(rowOf(entry)).map(([column, value]) => [column, plainText(value)]);
    return Object.fromEntries(fields) as Row;
  });
  return formatCsv(COLUMNS, rows);
}

function rowOf(entry: Entry): Row {
  const { kind, id } = entry;
  switch (entry.kind) {
    case 'cry': {
      const { source, durationS, intensity, peakScore, meanScore, reason, answer, sound } = entry;
      const probabilities = Object.entries(reason?.probabilities ?? {});
      return {
        kind,
        id,
        begin: iso(entry.onset),
        end: iso(endOf(entry)),
        source,
        duration_s: durationS,
        intensity,
        peak_score: peakScore,
        mean_score: meanScore,
        reason: reason?.label,
        confidence: reason?.confidence,
        ...Object.fromEntries(probabilities.map(([name, p]) => [`p_${name.replace(' ', '_')}`, p])),
        answer: answer?.reason,
        answered_at: answer && iso(answer.at),
        answered_by: answer?.by,
        clip: sound?.clip,
        picture: sound?.picture,
      };
    }
    case 'fact': {
      const { kind: what, at, celsius } = entry.fact;
      return { kind: what, id, begin: iso(at), celsius };
    }
    case 'heard':
      return { kind, id, begin: iso(entry.from), end: iso(entry.to), source: entry.source };
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/** A spreadsheet takes a text that begins with certain characters for a formula, unless an apostrophe is before them. */
function plainText(value: string | number | undefined): string | number | undefined {
  return typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}
