import type { Command, CommandOption } from './command.js';

/** The help fits a terminal of 80 columns. */
const WIDTH = 79;
/** Longer names of options stand on a line of their own. */
const NAME_WIDTH = 18;

/** What `deepinfant COMMAND --help` prints. */
export function helpOf({ synopsis, description, options, examples }: Command): string {
  const shown: Readonly<Record<string, CommandOption>> = {
    ...options,
    help: { type: 'boolean', help: 'print this help' },
  };
  const rows = Object.entries(shown).map(([name, { type, value = 'VALUE', help }]): [string, string] => {
    const short = name === 'help' ? '-h, ' : '';
    return [`${short}--${name}${type === 'string' ? ` ${value}` : ''}`, help];
  });
  return [
    usageOf(synopsis),
    description
      .split('\n\n')
      .map(paragraph => wrap(paragraph, 0).join('\n'))
      .join('\n\n'),
    `Options:\n${table(rows)}`,
    `Examples:\n${examples.map(([line, what]) => `  deepinfant ${line}\n      ${what}`).join('\n')}`,
  ].join('\n\n');
}

/** The ways to call a command. */
export function usageOf(synopsis: readonly string[]): string {
  return synopsis.map((line, i) => `${i === 0 ? 'Usage:' : '      '} deepinfant ${line}`).join('\n');
}

/** Rows of a name and what it means, with the meanings aligned. */
export function table(rows: readonly (readonly [name: string, meaning: string])[]): string {
  const width = Math.min(NAME_WIDTH, Math.max(...rows.map(([name]) => name.length)));
  const indent = width + 4;
  return rows
    .map(([name, meaning]) => {
      const text = wrap(meaning, indent).join(`\n${' '.repeat(indent)}`);
      const gap = name.length > width ? `\n${' '.repeat(indent)}` : ' '.repeat(indent - 2 - name.length);
      return `  ${name}${gap}${text}`;
    })
    .join('\n');
}

/** The lines of a text that begin after so many columns. */
function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= WIDTH - indent) lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}
