import type { Command, CommandOption } from './command.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A command with its name and what it does in a few words. */
export interface NamedCommand extends Pick<Command, 'options'> {
  name: string;
  summary: string;
  /** Words that it takes, besides files. */
  words?: readonly string[];
}

/** A script that teaches a shell the commands of `deepinfant`, their options and the words that these take. */
export function completionScript(shell: (typeof SHELLS)[number], commands: readonly NamedCommand[]): string {
  if (shell === 'fish') return fishScript(commands);
  const bash = bashScript(commands);
  return shell === 'bash' ? bash : `${ZSH_COMPLETES_AS_BASH}\n${bash}`;
}

const ZSH_COMPLETES_AS_BASH = `autoload -Uz compinit bashcompinit
(( $+functions[compdef] )) || compinit
bashcompinit`;

function bashScript(commands: readonly NamedCommand[]): string {
  const values = commands.flatMap(({ name, options }) =>
    Object.entries(options)
      .filter(([, { type }]) => type === 'string')
      .map(([option, { words = [] }]) => `    ${name}:--${option}) words='${words.join(' ')}' ;;`),
  );
  const rest = commands.map(
    ({ name, options, words = [] }) =>
      `    ${name}) words='${words.join(' ')}'; options='${Object.keys(options)
        .map(option => `--${option}`)
        .concat('--help')
        .join(' ')}' ;;`,
  );
  return `_deepinfant() {
  local current=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]} words= options=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$current"))
    return
  fi
  case "$command:\${COMP_WORDS[COMP_CWORD-1]}" in
${values.join('\n')}
    *) case "$command" in
${rest.join('\n')}
    esac ;;
  esac
  case "$current" in -*) words=$options ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _deepinfant deepinfant`;
}

function fishScript(commands: readonly NamedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, options, words = [] }) => {
    const complete = `complete -c deepinfant -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c deepinfant -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`,
      ...(words.length > 0 ? [`${complete} -a '${words.join(' ')}'`] : []),
      ...Object.entries(options).map(
        ([option, about]) => `${complete} -l ${option}${fishValue(about)} -d ${quote(about.help)}`,
      ),
    ];
  });
  return lines.join('\n');
}

function fishValue({ type, words }: CommandOption): string {
  if (type === 'boolean') return '';
  return words ? ` -x -a '${words.join(' ')}'` : ' -r';
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
