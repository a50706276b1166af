/** Writes deepinfant.schema.json, from which editors complete and check a deepinfant.yaml. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { CONFIG } from '../src/serve/config/schema.js';

export const SCHEMA_FILE = path.join(PACKAGE_ROOT, 'deepinfant.schema.json');

/** The schema as the file has it. */
export function configSchemaText(): string {
  const schema = toJsonSchema(CONFIG, {
    typeMode: 'input',
    // JSON schema has no word for a date that does not exist.
    ignoreActions: ['check'],
  });
  return `${JSON.stringify({ title: 'deepinfant.yaml', ...schema }, null, 2)}\n`;
}

if (require.main === module) writeFileSync(SCHEMA_FILE, configSchemaText());
