#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../errors.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { classify, CLASSIFY_USAGE } from './classify.js';
import { devices, DEVICES_USAGE } from './devices.js';
import { evaluate, EVALUATE_USAGE } from '../lab/cli/evaluate.js';
import { journal, JOURNAL_USAGE } from './journal.js';
import { listen, LISTEN_USAGE } from './listen.js';
import { printError, print } from './output.js';
import { protocol, PROTOCOL_USAGE } from '../lab/cli/protocol.js';
import { teach, TEACH_USAGE } from '../lab/cli/teach.js';
import { train, TRAIN_USAGE } from '../lab/cli/train.js';

interface Command {
  usage: string;
  /** Gives the exit status. */
  run: (args: string[]) => Promise<number>;
}

const COMMANDS = new Map<string, Command>([
  ['classify', { usage: CLASSIFY_USAGE, run: classify }],
  ['listen', { usage: LISTEN_USAGE, run: listen }],
  ['journal', { usage: JOURNAL_USAGE, run: journal }],
  ['devices', { usage: DEVICES_USAGE, run: devices }],
  ['teach', { usage: TEACH_USAGE, run: teach }],
  ['train', { usage: TRAIN_USAGE, run: train }],
  ['evaluate', { usage: EVALUATE_USAGE, run: evaluate }],
  ['protocol', { usage: PROTOCOL_USAGE, run: protocol }],
]);

const USAGE = `deepinfant hears whether a baby cries, and estimates why.

${[...COMMANDS.values()].map(({ usage }) => usage).join('\n\n')}

deepinfant --help | --version`;

/** Statuses of sysexits.h and of a shell's Ctrl-C, where a plain 1 would not tell. */
const EXIT = { failed: 1, usage: 2, defect: 70, interrupted: 130 };

async function main(argv: string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === '--version') return printed(version());
  if (name === '--help') return printed(USAGE);
  const command = COMMANDS.get(name);
  if (!command) {
    process.stderr.write(`${argv.length === 0 ? '' : `There is no command '${name}'.\n\n`}${USAGE}\n`);
    return EXIT.usage;
  }
  if (args.includes('--help')) return printed(command.usage);
  try {
    return await command.run(args);
  } catch (error) {
    return report(error, command);
  }
}

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

/** Also parseArgs' own. */
function isUsageError(error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error)) return false;
  return error.code === 'usage' || String(error.code).startsWith('ERR_PARSE_ARGS');
}

function printed(text: string): number {
  print(text);
  return 0;
}

function version(): string {
  const manifest = readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has enough, as head does.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void main(process.argv.slice(2)).then(status => {
  process.exitCode = status;
});
