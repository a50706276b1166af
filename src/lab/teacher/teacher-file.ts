import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DeepInfantError, messageOf } from '../../errors.js';

/** Reads a network's file. @throws DeepInfantError `teacher-file` when it cannot be read */
export async function readTeacherFile(file: string): Promise<{ bytes: Buffer; sha256: string }> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new DeepInfantError('teacher-file', `Cannot read ${file}: ${messageOf(error)}. Check the path.`);
  });
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}
