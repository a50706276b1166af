import { readdirSync, readFileSync } from 'node:fs';

/** The arguments of all processes that run, each process's as one text. */
export function commandLines(): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(commandLineOf);
}

/**
 * The arguments of the processes of this process's group: those that it started, and those that they started, even when they have
 * ended themselves.
 */
export function commandLinesOfGroup(): string[] {
  const group = groupOf('self');
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && groupOf(name) === group)
    .map(commandLineOf);
}

/** The process group of a process; undefined for one that has ended. */
function groupOf(pid: string): string | undefined {
  try {
    // The name may hold anything but ends at the last parenthesis; state, parent and group follow.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[2];
  } catch {
    return undefined;
  }
}

/** The arguments of a process; nothing of one that has ended. */
export function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
