import { readdirSync, readFileSync } from 'node:fs';

/** The arguments of all processes that run, each process's as one text. */
export function commandLines(): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // It ended meanwhile.
      }
    });
}
