import { rename, writeFile } from 'node:fs/promises';

/** Writes a file so that a killed process leaves the old one or the new one, never half of one. */
export async function writeAtomically(file: string, data: Uint8Array | string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, data);
  await rename(temporary, file);
}
