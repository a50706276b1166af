import { usageError } from '../../cli/arguments.js';
import { defineCommand } from '../../cli/command.js';
import { print } from '../../cli/output.js';
import { shipModels } from '../training/ship-models.js';
import path from 'node:path';

export const command = defineCommand({
  synopsis: ['ship RUN [options]'],
  description: `Copies the models of a finished run of 'deepinfant train' or 'deepinfant protocol' to a folder of models:
    weights, NOTICE and manifest, after checking that they belong together. Other files there, such as model cards, stay.`,
  options: {
    to: { type: 'string', default: 'models', value: 'FOLDER', help: 'folder of models (default: models)' },
  },
  examples: [['ship runs/ours', 'use what was trained']],
  run: async ({ values, positionals }) => {
    if (positionals.length !== 1) throw usageError('Give the folder of one run.');
    for (const name of await shipModels(positionals[0], values.to)) print(path.join(values.to, name));
    return 0;
  },
});
