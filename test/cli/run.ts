import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';

/** The command line's script. */
export const MAIN = path.join(PACKAGE_ROOT, 'dist', 'src', 'cli', 'main.js');

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the command line as a process of its own. */
export function start(args: string[], nodeArgs: string[] = []): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...nodeArgs, MAIN, ...args], { cwd: PACKAGE_ROOT });
}

/** Starts it on a terminal of 80 columns; what it writes, to whichever stream, comes from stdout. */
export function startOnTerminal(args: string[]): ChildProcessWithoutNullStreams {
  const command = [process.execPath, MAIN, ...args].map(word => `'${word}'`).join(' ');
  return spawn('script', ['-qec', `stty cols 80; ${command}`, '/dev/null'], { cwd: PACKAGE_ROOT });
}

/** Waits for the end of a process and gives what it wrote. */
export function outcomeOf(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
    }
    child.once('error', reject);
    child.once('close', status => {
      resolve({ status, ...texts });
    });
  });
}

/** Runs the command line to its end. */
export function deepinfant(...args: string[]): Promise<Outcome> {
  return outcomeOf(start(args));
}

/** A line of `classify --json`. */
export interface Line {
  file: string;
  error?: string;
  durationS?: number;
  cry?: { score: number; isCry: boolean };
  events?: { id: string; state: string; onsetS: number; durationS: number; reason: { label: string } }[];
  reason?: { label: string } | null;
  model?: { name: string; version: string };
  windows?: { startS: number; scores: Record<string, number> }[];
}

/** What `--json` printed, an object a line. */
export function jsonLines<T = Line>(stdout: string): T[] {
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as T);
}
