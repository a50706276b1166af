import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { messageOf } from '../../src/errors.js';

/** Least milliseconds of a piece of work in many runs: the one that nothing else on the machine disturbed. */
export function leastMs(runs: number, work: () => unknown): number {
  let least = Infinity;
  for (let run = 0; run < runs; run++) {
    const begin = performance.now();
    work();
    least = Math.min(least, performance.now() - begin);
  }
  return least;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Runs a program of this folder in a process of its own, and gives the one message that it sends. */
export async function inProcess<T>(program: string, ...args: (string | number)[]): Promise<T> {
  const child = fork(program, args.map(String));
  let message: T | undefined;
  child.once('message', (sent: T) => {
    message = sent;
    child.disconnect();
  });
  const [status] = (await once(child, 'exit')) as [number];
  if (message === undefined) throw new Error(`${program} ended with ${status}`);
  return message;
}

/** Runs a Python script that prints JSON; a text says why not, where it cannot run. */
export async function inPython<T>(script: string, ...args: string[]): Promise<T | string> {
  const python = process.env.PYTHON ?? 'python3';
  try {
    const { stdout } = await promisify(execFile)(python, [script, ...args]);
    return JSON.parse(stdout) as T;
  } catch (error) {
    return messageOf(error).trim().split('\n').at(-1)!;
  }
}
