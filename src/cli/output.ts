/** Writes a line to stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a value to stdout as one line of JSON, without its typed arrays: embeddings are of no use to a reader. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, (_, field: unknown) => (ArrayBuffer.isView(field) ? undefined : field)));
}

/** Writes an error to stderr. */
export function printError(message: string): void {
  process.stderr.write(`deepinfant: ${message}\n`);
}
