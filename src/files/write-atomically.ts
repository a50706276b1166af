import { randomInt } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A write takes seconds at most: what is older was left by a process that was killed. */
const LEFT_AFTER_MS = 60_000;
/** Containers that share a folder may have the same process id: the names of what they write are random. */
const NAMES = 2 ** 47;

/**
 * Writes a file so that a killed process, a full disk or a power cut leaves the old one or the new one, never half of
 * one.
 *
 * @param mode permissions of the new file, before the umask
 */
export async function writeAtomically(
  file: string,
  data: Uint8Array | string,
  { mode = 0o666 }: { mode?: number } = {},
): Promise<void> {
  const temporary = `${file}.${randomInt(NAMES)}.tmp`;
  try {
    await writeFile(temporary, data, { flush: true, mode });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Deletes what killed processes left unfinished beside a file. */
export function removeUnfinished(file: string): void {
  try {
    const folder = path.dirname(file);
    const begin = `${path.basename(file)}.`;
    const names = readdirSync(folder).filter(
      name => name.startsWith(begin) && /^\d+\.tmp$/.test(name.slice(begin.length)),
    );
    for (const name of names) {
      const unfinished = path.join(folder, name);
      if (Date.now() - statSync(unfinished).mtimeMs > LEFT_AFTER_MS) rmSync(unfinished);
    }
  } catch {
    // The folder is missing, or cannot be written: reading and writing will tell.
  }
}
