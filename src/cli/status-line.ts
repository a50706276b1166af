const BAR_WIDTH = 20;

/** Shows a text in the terminal's last line in place of the one before; nothing where stderr is no terminal. */
export function showStatus(text: string): void {
  if (!process.stderr.isTTY) return;
  // A line that wraps could not be rewritten.
  process.stderr.write(`\r\u001b[K${text.slice(0, process.stderr.columns - 1)}`);
}

/** Empties the line for what is printed next. */
export function clearStatus(): void {
  showStatus('');
}

/** A share in [0, 1] as a bar. */
export function bar(share: number): string {
  const filled = Math.round(BAR_WIDTH * share);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

/** Tells from the pace of a job how long it will go on. */
export class Pace {
  private from: { done: number; at: number } | undefined;

  /** `, 3 min left` by the pace since the first call; empty until there is one. */
  left(done: number, total: number): string {
    this.from ??= { done, at: performance.now() };
    if (done === this.from.done || done === total) return '';
    const minutes = (performance.now() - this.from.at) / 60_000;
    return `, ${Math.ceil((minutes / (done - this.from.done)) * (total - done))} min left`;
  }
}
