import { durationText } from '../texts/duration.js';
import { bar, clearStatus, showStatus, type Terminal } from './status-line.js';

/** How far a job, or a part of it, has come. */
export interface Progress {
  /** What is being done, if there is more than one thing: `fold 0, training`. Each has a pace of its own. */
  part?: string;
  done: number;
  total: number;
  /** More to say, such as `loss 0.123`. */
  note?: string;
}

/**
 * Shows how far a job has come, and how long it will take, in the last line of a terminal. A job that also logs leaves a
 * line for each finished part and, where stderr is not a terminal, one now and then.
 */
export class ProgressLine {
  private readonly starts = new Map<string, { done: number; at: number }>();
  private logged = '';

  /** @param logEvery log each time that so many more are done; without it nothing is logged */
  constructor(
    private readonly logEvery?: number,
    private readonly terminal: Terminal = process.stderr,
  ) {}

  show({ part = '', done, total, note }: Progress): void {
    const count = `${part && `${part}: `}${done}/${total}`;
    const text = [count, note, this.timeLeft(part, done, total)].filter(Boolean).join(', ');
    const isLogged =
      this.logEvery !== undefined && done > 0 && (done === total || done % this.logEvery === 0);
    if (isLogged && (done === total || !this.terminal.isTTY)) {
      this.clear();
      // What comes several times, such as a minute of a night, is logged once.
      if (count !== this.logged) this.terminal.write(`${text}\n`);
      this.logged = count;
    } else showStatus(`${bar(done / total)} ${text}`, this.terminal);
  }

  /** Empties the line for what is printed next. */
  clear(): void {
    clearStatus(this.terminal);
  }

  /** `3 min left` by the pace since something was first done; empty until there is one, and when all is done. */
  private timeLeft(part: string, done: number, total: number): string {
    if (done === 0) return '';
    const now = performance.now();
    const start = this.starts.get(part) ?? { done, at: now };
    this.starts.set(part, start);
    if (done === start.done || done === total) return '';
    const secondsEach = (now - start.at) / 1000 / (done - start.done);
    return `${durationText(secondsEach * (total - done))} left`;
  }
}
