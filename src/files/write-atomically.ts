import { rename, rm, writeFile } from 'node:fs/promises';

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
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, data, { flush: true, mode });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
