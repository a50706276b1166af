import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError } from '../../errors.js';
import { writeAtomically } from '../../files/write-atomically.js';

/** Marks a folder as holding this run, unless it holds another. */
export async function claimFolder(folder: string, run: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'run.json');
  const held = await readFile(file, 'utf8').catch(() => undefined);
  if (held === undefined) await writeAtomically(file, run);
  else if (held !== run) {
    throw new DeepInfantError(
      'run-differs',
      `${folder} holds a run of another config or corpus: name another folder with --out, or remove it.`,
    );
  }
}
