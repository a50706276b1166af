import { durationText } from '../reason/phrase.js';

const BAR_WIDTH = 20;

/** Shows a text in the terminal's last line in place of the one before; nothing where stderr is no terminal. */
export function showStatus(text: string): void {
  if (!process.stderr.isTTY) return;
  // A line that wraps could not be rewritten.
  const columns = process.stderr.columns || 80;
  process.stderr.write(`\r\u001b[K${text.slice(0, columns - 1)}`);
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

  /** `, 3 min left` by the pace since something was first done; empty until there is one. */
  left(done: number, total: number): string {
    if (done === 0) return '';
    this.from ??= { done, at: performance.now() };
    if (done === this.from.done || done === total) return '';
    const seconds = (performance.now() - this.from.at) / 1000;
    return `, ${durationText((seconds / (done - this.from.done)) * (total - done))} left`;
  }
}
