import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { RawFormat } from '../audio/recording.js';
import { pathText } from '../files/path-text.js';
import { countOf, usageError } from './arguments.js';

/** The argument that stands for standard input. */
export const STANDARD_INPUT = '-';

/** What a recording's source is called. */
export function sourceOf(argument: string): string {
  return argument === STANDARD_INPUT ? 'stdin' : argument;
}

/** The option of every command that reads standard input. */
export const RAW_OPTION = {
  type: 'string',
  value: 'RATE[:CHANNELS]',
  help: 'standard input is 16-bit little-endian samples without a header: --raw 16000',
} as const;

/** What `--raw` says. @throws DeepInfantError `usage` */
export function rawFormatOf(text: string | undefined): RawFormat | undefined {
  if (text === undefined) return undefined;
  const [rate, channels = '1', ...more] = text.split(':');
  if (more.length > 0) throw usageError(`--raw takes RATE or RATE:CHANNELS, not '${text}'.`);
  return { rate: countOf('raw', rate), channels: countOf('raw', channels) };
}

/** What an argument names: a path, or standard input. @throws DeepInfantError `usage` if that is a terminal */
export function recordingAt(argument: string): string | Readable {
  if (argument !== STANDARD_INPUT) return argument;
  if (process.stdin.isTTY)
    throw usageError("'-' reads a recording from standard input, which is a terminal: pipe one into it.");
  return process.stdin;
}

/**
 * Arguments as paths: Node.js gives arguments as text, and puts replacement characters for bytes that are not UTF-8. Linux
 * still has the bytes.
 */
export function pathsOf(args: readonly string[]): string[] {
  if (!args.some(arg => arg.includes('\ufffd'))) return [...args];
  let given: Buffer[] = [];
  try {
    given = split(readFileSync('/proc/self/cmdline'));
  } catch {
    // Another system, whose paths are text.
  }
  return args.map(arg => {
    const bytes = given.find(each => each.toString() === arg);
    return bytes ? pathText(bytes) : arg;
  });
}

/** The arguments in what Linux gives: each ends with a zero. */
function split(line: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < line.length;) {
    const end = line.indexOf(0, start);
    parts.push(line.subarray(start, end < 0 ? line.length : end));
    start = end < 0 ? line.length : end + 1;
  }
  return parts;
}
