import { parseArgs } from 'node:util';
import { closestWord } from '../closest-word.js';
import { usageError } from './arguments.js';

/** An option of a command: as parseArgs reads it, with what help and a shell's completion say of it. */
export interface CommandOption {
  type: 'boolean' | 'string';
  multiple?: boolean;
  default?: boolean | string | string[];
  /** What stands for its value in the help, such as `FILE`. */
  value?: string;
  /** What it does, as the help says it. */
  help: string;
  /** The words that it takes, if there are few. */
  words?: readonly string[];
}

type CommandOptions = Readonly<Record<string, CommandOption>>;

/** What a command says of itself. */
interface Description<Options extends CommandOptions> {
  /** The ways to call it, without `deepinfant`: `listen mic[:NAME] | URL | FILE [options]`. */
  synopsis: readonly string[];
  /** Paragraphs, with an empty line between. */
  description: string;
  options: Options;
  /** Words that it takes, besides files. */
  words?: readonly string[];
  /** It takes options only. */
  takesOptionsOnly?: true;
  /** Command lines without `deepinfant`, each with what it does. */
  examples: readonly (readonly [line: string, what: string])[];
}

/** A command of `deepinfant`; its module exports it as `command`. */
export interface Command extends Description<CommandOptions> {
  /**
   * Does its work.
   * @param args what follows the command's name
   * @returns the exit status
   * @throws DeepInfantError `usage` for arguments that it does not take
   */
  run: (args: string[]) => Promise<number>;
}

/** The arguments of a command, read. */
interface Arguments<Options extends CommandOptions> {
  values: ReturnType<typeof parseArgs<{ options: Options }>>['values'];
  positionals: string[];
  /** As they were given. */
  args: readonly string[];
}

/** A command whose arguments are read before it runs. */
export function defineCommand<const Options extends CommandOptions>({
  run,
  ...description
}: Description<Options> & {
  /** @returns the exit status */
  run: (given: Arguments<Options>) => Promise<number>;
}): Command {
  const { options } = description;
  return {
    ...description,
    run: async args => {
      checkOptions(args, options);
      const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
      if (description.takesOptionsOnly && positionals.length > 0)
        throw usageError(`'${positionals[0]}' is not an option. This command takes options only.`);
      return run({ values, positionals, args });
    },
  };
}

/** parseArgs has its own words for what is wrong, which change with Node. @throws DeepInfantError `usage` */
function checkOptions(args: string[], options: CommandOptions): void {
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    if (!(name in options)) {
      const similar = closestWord(name, Object.keys(options));
      throw usageError(`There is no option ${rawName}.${similar ? ` Did you mean --${similar}?` : ''}`);
    }
    const { type, value: placeholder = 'VALUE' } = options[name];
    if (type === 'boolean' && value !== undefined) throw usageError(`${rawName} does not take a value.`);
    // What looks like an option is taken for one, unless it follows an equals sign.
    if (type === 'string' && (value === undefined || (!inlineValue && value.startsWith('-'))))
      throw usageError(`${rawName} needs a value: ${rawName}=${placeholder}.`);
  }
}
