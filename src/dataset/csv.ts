/**
 * The wanted columns of a comma-separated table (RFC 4180: quoted fields, doubled quotes), by the names in its first
 * line. A column or field that is not there is ''; empty lines are left out.
 */
export function parseCsv<Column extends string>(
  text: string,
  columns: readonly Column[],
): Record<Column, string>[] {
  const rows: string[][] = [[]];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    const quoted = match[1] as string | undefined;
    const [, , plain, end] = match;
    if (match[0] === '') break;
    rows[rows.length - 1].push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',' && end !== '') rows.push([]);
  }
  const [header, ...body] = rows;
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
