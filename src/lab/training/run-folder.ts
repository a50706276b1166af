import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError } from '../../errors.js';
import { writeAtomically } from '../../files/write-atomically.js';

/**
 * Marks a folder as this run's; makes it if it is not there.
 * @param run what makes the run what it is, as JSON
 * @throws DeepInfantError `run-differs` if it is another run's
 */
export async function claimFolder(folder: string, run: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'run.json');
  const held = await readFile(file, 'utf8').catch(() => undefined);
  if (held === undefined) await writeAtomically(file, run);
  else if (held !== run) {
    throw new DeepInfantError(
      'run-differs',
      `${folder} holds a run with a different config, corpus, teacher or model. Choose another folder with --out, or remove it.`,
    );
  }
}
