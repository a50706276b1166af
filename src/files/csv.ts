import { readFile } from 'node:fs/promises';
import { DeepInfantError, messageOf } from '../errors.js';

/** A row of a table to be written, by column; undefined is an empty field. */
export type CsvRow<Column extends string> = Readonly<Partial<Record<Column, string | number>>>;

/**
 * A table of comma-separated values (RFC 4180), which parseCsv and any spreadsheet read: the columns' names in the first
 * line, then one for each row.
 */
export function formatCsv<Column extends string>(
  columns: readonly Column[],
  rows: Iterable<CsvRow<Column>>,
): string {
  const lines = Array.from(rows, row => columns.map(column => fieldOf(row[column])).join(','));
  return [columns.map(fieldOf).join(','), ...lines, ''].join('\r\n');
}

function fieldOf(value: string | number | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The wanted columns of a comma-separated table (RFC 4180: quoted fields, doubled quotes; a byte-order mark is skipped),
 * by the names in its first line. A missing column or field is ''; empty lines are skipped.
 * @throws DeepInfantError `csv` naming the line where a quote is not closed or is followed by text, or that has more
 * fields than the first line: what follows could not be trusted
 */
export function parseCsv<Column extends string>(
  text: string,
  columns: readonly Column[],
): Record<Column, string>[] {
  const [header, ...body] = rowsOf(text.replace(/^\ufeff/, ''));
  return body
    .filter(row => row.join('') !== '')
    .map(row => {
      const fields = columns.map(column => [
        column,
        (row[header.indexOf(column)] as string | undefined) ?? '',
      ]);
      return Object.fromEntries(fields) as Record<Column, string>;
    });
}

/** parseCsv of a file. @throws DeepInfantError `csv` naming a file that cannot be read, or is malformed */
export async function readCsv<Column extends string>(
  file: string,
  columns: readonly Column[],
): Promise<Record<Column, string>[]> {
  try {
    return parseCsv(await readFile(file, 'utf8'), columns);
  } catch (error) {
    throw new DeepInfantError('csv', `Cannot read ${file}: ${messageOf(error)}`);
  }
}

function rowsOf(table: string): string[][] {
  const plain = /[^,\r\n]*/y;
  const separator = /,|\r\n?|\n|$/y;
  const rows: string[][] = [[]];
  for (let at = 0; at < table.length; at = separator.lastIndex) {
    const isQuoted = table[at] === '"';
    plain.lastIndex = at;
    const end = isQuoted ? endOfQuoted(table, at) : at + plain.exec(table)![0].length;
    separator.lastIndex = end;
    const between = separator.exec(table)?.[0];
    if (between === undefined)
      throw malformedError(table, at, 'a quote that is not closed, or text after a closing quote');
    const row = rows[rows.length - 1];
    row.push(isQuoted ? table.slice(at + 1, end - 1).replaceAll('""', '"') : table.slice(at, end));
    if (row.length > rows[0].length)
      throw malformedError(
        table,
        at,
        `more fields than the ${rows[0].length} of the first line; quote fields with commas`,
      );
    if (between !== ',' && between !== '') rows.push([]);
  }
  return rows;
}

/** Index after the quote that closes the one at `start`; Infinity if there is none. */
function endOfQuoted(table: string, start: number): number {
  let quote = table.indexOf('"', start + 1);
  while (quote >= 0 && table[quote + 1] === '"') quote = table.indexOf('"', quote + 2);
  return quote < 0 ? Infinity : quote + 1;
}

function malformedError(table: string, at: number, what: string): DeepInfantError {
  const line = table.slice(0, at).split(/\r\n?|\n/).length;
  return new DeepInfantError('csv', `Line ${line} has ${what}: ${JSON.stringify(table.slice(at, at + 60))}`);
}
