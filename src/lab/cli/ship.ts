import { parseArgs } from 'node:util';
import { usageError } from '../../cli/arguments.js';
import type { Command } from '../../cli/command.js';
import { print } from '../../cli/output.js';
import { shipModels } from '../training/ship-models.js';
import path from 'node:path';

const USAGE = `deepinfant ship RUN [--to DIR]
  Copies the models of a finished run of 'deepinfant train' or 'deepinfant protocol' to a folder of models: weights,
  NOTICE and manifest, after checking that they belong together. Other files there, such as model cards, stay.
  --to DIR  folder of models (default: models)`;

export const command: Command = { usage: USAGE, run: ship };

async function ship(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { to: { type: 'string', default: 'models' } },
  });
  if (positionals.length !== 1) throw usageError('Give the folder of one run.');
  for (const name of await shipModels(positionals[0], values.to)) print(path.join(values.to, name));
  return 0;
}
