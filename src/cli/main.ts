#!/usr/bin/env node
import { DeepInfantError, messageOf } from '../errors.js';
import { packageVersion } from '../package-root.js';
import type { Command } from './command.js';
import { print, printError } from './output.js';

/** Each command is loaded when it is called, so that a service that listens all night never loads the laboratory. */
const COMMANDS = new Map<string, () => Promise<{ command: Command }>>([
  ['classify', () => import('./classify.js')],
  ['listen', () => import('./listen.js')],
  ['journal', () => import('./journal.js')],
  ['devices', () => import('./devices.js')],
  ['teach', () => import('../lab/cli/teach.js')],
  ['mix', () => import('../lab/cli/mix.js')],
  ['train', () => import('../lab/cli/train.js')],
  ['ship', () => import('../lab/cli/ship.js')],
  ['evaluate', () => import('../lab/cli/evaluate.js')],
  ['protocol', () => import('../lab/cli/protocol.js')],
]);

/** Exit statuses as in sysexits.h, and a shell's for Ctrl-C, where a plain 1 would not say enough. */
const EXIT = { failed: 1, usage: 2, defect: 70, interrupted: 130 };

async function main(argv: string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === '--version') {
    print(packageVersion());
    return 0;
  }
  if (name === '--help') {
    print(await fullUsage());
    return 0;
  }
  const load = COMMANDS.get(name);
  if (!load) {
    const mistake = argv.length === 0 ? '' : `There is no command '${name}'.\n\n`;
    process.stderr.write(`${mistake}${await fullUsage()}\n`);
    return EXIT.usage;
  }
  const { command } = await load();
  if (args.includes('--help')) {
    print(command.usage);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    return report(error, command);
  }
}

/** What the command line does, and the usage of each command. */
async function fullUsage(): Promise<string> {
  const commands = await Promise.all([...COMMANDS.values()].map(load => load()));
  const usages = commands.map(({ command }) => command.usage);
  return [
    'deepinfant detects whether a baby is crying, and estimates why.',
    ...usages,
    'deepinfant --help | --version',
  ].join('\n\n');
}

/** Says what went wrong. @returns the exit status */
function report(error: unknown, { usage }: Command): number {
  if (error instanceof Error && error.name === 'AbortError') return EXIT.interrupted;
  if (isUsageError(error)) {
    process.stderr.write(`${messageOf(error)}\n\n${usage}\n`);
    return EXIT.usage;
  }
  if (error instanceof DeepInfantError) {
    printError(error.message);
    return EXIT.failed;
  }
  console.error(error);
  return EXIT.defect;
}

/** Including those of parseArgs. */
function isUsageError(error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error)) return false;
  return error.code === 'usage' || String(error.code).startsWith('ERR_PARSE_ARGS');
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has closed the pipe, as head does.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void main(process.argv.slice(2)).then(status => {
  process.exitCode = status;
});
