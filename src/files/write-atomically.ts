import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file so that a killed process, a full disk or a power cut leaves the old one or the new one, never half of
 * one.
 */
export async function writeAtomically(file: string, data: Uint8Array | string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, data, { flush: true });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
