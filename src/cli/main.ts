#!/usr/bin/env node
import { DeepInfantError, isFileError, messageOf } from '../errors.js';
import { packageVersion } from '../package-root.js';
import { closestWord } from '../closest-word.js';
import type { Command } from './command.js';
import { completionScript, SHELLS } from './completion.js';
import { helpOf, table, usageOf } from './help.js';
import { print, printError } from './output.js';

interface Listed {
  summary: string;
  /** Commands are loaded when they are called, so that one that listens all night never loads the laboratory. */
  load: () => Promise<{ command: Command }>;
}

const COMMANDS = new Map<string, Listed>([
  ['listen', { summary: 'print cries as they happen', load: () => import('./listen.js') }],
  ['classify', { summary: 'say whether recordings contain a cry', load: () => import('./classify.js') }],
  ['serve', { summary: 'listen day and night without Node-RED', load: () => import('./serve.js') }],
  ['devices', { summary: 'list microphones and cameras', load: () => import('./devices.js') }],
  ['journal', { summary: 'answer questions about nights and cries', load: () => import('./journal.js') }],
]);

/** For who trains and measures models. */
const LABORATORY = new Map<string, Listed>([
  ['mix', { summary: 'mix recordings for training', load: () => import('../lab/cli/mix.js') }],
  ['train', { summary: 'train or fine-tune a model', load: () => import('../lab/cli/train.js') }],
  ['evaluate', { summary: 'measure a model', load: () => import('../lab/cli/evaluate.js') }],
  ['teach', { summary: 'score recordings with teachers', load: () => import('../lab/cli/teach.js') }],
  ['ship', { summary: 'copy a trained model into the package', load: () => import('../lab/cli/ship.js') }],
  [
    'protocol',
    { summary: 'measure reasons guessed from sound alone', load: () => import('../lab/cli/protocol.js') },
  ],
]);

const EVERY = new Map([...COMMANDS, ...LABORATORY]);

/** Answers by this file itself. */
const HELPERS = {
  help: 'explain a command, with examples',
  completion: 'print a script that completes commands in bash, zsh or fish',
};

/** Exit statuses as in sysexits.h, and a shell's for Ctrl-C, where a plain 1 would not say enough. */
const EXIT = { failed: 1, usage: 2, defect: 70, interrupted: 130 };

async function main(argv: string[]): Promise<number> {
  const name = argv.at(0);
  const args = argv.slice(1);
  switch (name) {
    case undefined:
      process.stderr.write(`${overview()}\n`);
      return EXIT.usage;
    case '-V':
    case '--version':
      print(packageVersion());
      return 0;
    case '-h':
    case '--help':
    case 'help':
      return help(args.at(0));
    case 'completion':
      return isHelpAsked(args) ? help(name) : completion(args);
  }
  const listed = EVERY.get(name);
  if (!listed) return unknownCommand(name);
  if (isHelpAsked(args)) return help(name);
  const { command } = await listed.load();
  try {
    return await command.run(args);
  } catch (error) {
    return report(error, name, command);
  }
}

function isHelpAsked(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some(arg => arg === '-h' || arg === '--help');
}

/** What there is, the everyday commands first. */
function overview(): string {
  const rows = (commands: Map<string, Listed>): (readonly [string, string])[] =>
    [...commands].map(([name, { summary }]) => [name, summary] as const);
  return `deepinfant hears whether a baby cries and estimates why, on this computer alone.

Usage: deepinfant COMMAND [options]

${table(rows(COMMANDS))}

Laboratory, to train and measure models:
${table(rows(LABORATORY))}

More:
${table(Object.entries(HELPERS))}

'deepinfant help COMMAND' explains a command, with examples. To begin:
  deepinfant listen mic`;
}

/** Prints the overview or the help of a command. */
async function help(name: string | undefined): Promise<number> {
  if (name === undefined || name === 'help' || name.startsWith('-')) print(overview());
  else if (name === 'completion') print(COMPLETION_HELP);
  else {
    const listed = EVERY.get(name);
    if (!listed) return unknownCommand(name);
    print(helpOf((await listed.load()).command));
  }
  return 0;
}

function unknownCommand(name: string): number {
  const known = [...EVERY.keys(), ...Object.keys(HELPERS)];
  const similar = closestWord(name, [...known, '--help', '--version']);
  const hint = similar ? ` Did you mean '${similar}'?` : '';
  process.stderr.write(
    name.startsWith('-')
      ? `There is no option ${name} before a command.${hint} See deepinfant --help.\n`
      : `There is no command '${name}'.${hint || ` There are ${known.join(', ')}.`} See deepinfant --help.\n`,
  );
  return EXIT.usage;
}

const COMPLETION_HELP = `${usageOf([`completion ${SHELLS.join(' | ')}`])}

Prints a script that completes commands, options and their words at the Tab key.

Examples:
  echo 'source <(deepinfant completion bash)' >> ~/.bashrc
  echo 'source <(deepinfant completion zsh)' >> ~/.zshrc
  deepinfant completion fish > ~/.config/fish/completions/deepinfant.fish`;

async function completion([name]: string[]): Promise<number> {
  const shell = SHELLS.find(known => known === name);
  if (!shell) {
    process.stderr.write(`Name the shell: ${SHELLS.join(', ')}.\n\n${COMPLETION_HELP}\n`);
    return EXIT.usage;
  }
  const commands = await Promise.all(
    [...EVERY].map(async ([name, { summary, load }]) => {
      const { options, words } = (await load()).command;
      return { name, summary, options, words };
    }),
  );
  const names = [...EVERY.keys()];
  print(
    completionScript(shell, [
      ...commands,
      { name: 'help', summary: HELPERS.help, options: {}, words: [...names, 'completion'] },
      { name: 'completion', summary: HELPERS.completion, options: {}, words: SHELLS },
    ]),
  );
  return 0;
}

/** Says what went wrong. @returns the exit status */
function report(error: unknown, name: string, { synopsis }: Command): number {
  if (error instanceof Error && error.name === 'AbortError') return EXIT.interrupted;
  if (error instanceof DeepInfantError && error.code === 'usage') {
    process.stderr.write(
      `${error.message}\n\n${usageOf(synopsis)}\n'deepinfant help ${name}' explains it, with examples.\n`,
    );
    return EXIT.usage;
  }
  if (error instanceof DeepInfantError) {
    printError(error.message);
    return EXIT.failed;
  }
  if (isFileError(error)) {
    printError(`${error.dest ?? error.path}: ${messageOf(error)}.`);
    return EXIT.failed;
  }
  printError('this should not have happened. Please report it, with these lines:');
  console.error(error);
  return EXIT.defect;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has closed the pipe, as head does.
  if (error.code === 'EPIPE') process.exit(0);
  // Node writes "ENOSPC: no space left on device, write".
  printError(`The output cannot be written: ${error.message.replace(/^E\w+: (.*?), .*$/s, '$1')}.`);
  process.exit(EXIT.failed);
});

void main(process.argv.slice(2)).then(status => {
  process.exitCode = status;
});
