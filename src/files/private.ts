import { chmodSync, mkdirSync, statSync } from 'node:fs';

/** Permissions of what only the user who runs DeepInfant may read. */
const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

/** Makes a folder, where it is missing, that only this user may read. @throws as `mkdirSync` does */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  makePrivate(folder, PRIVATE_FOLDER);
}

/** Takes permissions away from others; stricter ones stay, and a file system without permissions keeps what it has. */
export function makePrivate(file: string, mode: number): void {
  try {
    const current = statSync(file).mode & 0o777;
    if ((current & mode) !== current) chmodSync(file, current & mode);
  } catch {
    // It is missing, someone else's, or on a file system such as FAT: reading and writing will report it.
  }
}
