import { DeepInfantError } from '../errors.js';
import { shownPath } from '../files/path-text.js';

/** What the system says of a file or folder as an error that a person can act on; anything else as it is. */
export function fileError(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const name = shownPath(path);
  // No path holds a NUL.
  const isNoPath = error.code === 'ERR_INVALID_ARG_VALUE';
  if (!('syscall' in error) && !isNoPath) return error;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || isNoPath)
    return new DeepInfantError('not-found', `${name} does not exist. Check the path.`, { cause: error });
  return new DeepInfantError(
    'unreadable',
    `${name} cannot be read: ${error.message}. Check its permissions and disk.`,
    { cause: error },
  );
}
