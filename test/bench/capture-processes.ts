import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts CPU time in hundredths of a second (proc(5), USER_HZ). */
const TICK_MS = 10;

/** A process of Linux, from /proc/PID/stat. */
export interface ChildProcess {
  pid: number;
  program: string;
  /** CPU time since it started, user's and system's. */
  cpuMs: number;
}

/** The processes that this one started and that are left, zombies too. */
export function children(): ChildProcess[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      const stat = read(`/proc/${name}/stat`);
      const program = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      // From the third field on: state, parent, and as 14th and 15th user's and system's time.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const cpuMs = TICK_MS * (Number(fields[11]) + Number(fields[12]));
      return Number(fields[1]) === process.pid ? [{ pid: Number(name), program, cpuMs }] : [];
    });
}

/** CPU time of the processes that this one started and that have ended. */
export function endedChildrenCpuMs(): number {
  const stat = read('/proc/self/stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return TICK_MS * (Number(fields[13]) + Number(fields[14]));
}

/** Memory of a process in MB, with its share of what it has in common with others (PSS). */
export function memoryMb(pid: number): number {
  return Number(/^Pss: *(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1]) / 1024;
}

/** '' for a process that ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
