import { readdirSync, readFileSync } from 'node:fs';

/** The arguments of all processes that run, each process's as one text. */
export function commandLines(): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(commandLineOf);
}

/** The arguments of a process; nothing of one that has ended. */
export function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
