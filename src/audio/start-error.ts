import { DeepInfantError } from '../errors.js';

/**
 * What it means that a program was not started: there is none, or the system has no files, memory or processes left now.
 * @returns DeepInfantError `no-program` where there is none; else the system's error as it is
 */
export function startError(error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'EACCES'
    ? new DeepInfantError('no-program', message)
    : (error as Error);
}
