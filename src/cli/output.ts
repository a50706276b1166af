/** Writes a line to stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a value to stdout as one line of JSON, without its typed arrays: embeddings are of no use to a reader. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, (_, field: unknown) => (ArrayBuffer.isView(field) ? undefined : field)));
}

/** Writes rows of cells to stdout: the first column left-aligned, the others right-aligned. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0].map((_, i) => Math.max(...rows.map(row => row[i].length)));
  for (const [name, ...numbers] of rows)
    print([name.padEnd(widths[0]), ...numbers.map((cell, i) => cell.padStart(widths[i + 1]))].join('  '));
}

/** Writes an error to stderr. */
export function printError(message: string): void {
  process.stderr.write(`deepinfant: ${message}\n`);
}
