const BAR_WIDTH = 20;

/** What a status is shown on: process.stderr, or a part of it. */
export interface Terminal {
  isTTY?: boolean;
  columns?: number;
  write: (text: string) => unknown;
}

/** Shows a text in the last line of a terminal, in place of the one before; nothing where it is not a terminal. */
export function showStatus(text: string, terminal: Terminal = process.stderr): void {
  if (!terminal.isTTY) return;
  // A line that wraps could not be rewritten.
  const columns = terminal.columns || 80;
  terminal.write(`\r\u001b[K${text.slice(0, columns - 1)}`);
}

/** Empties the line for what is printed next. */
export function clearStatus(terminal: Terminal = process.stderr): void {
  showStatus('', terminal);
}

/** A share in [0, 1] as a bar. */
export function bar(share: number): string {
  const filled = Math.round(BAR_WIDTH * share);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}
