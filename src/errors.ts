/**
 * An error that a person can act on: its message names what went wrong and where, and what to do next.
 * Everything else that is thrown is a defect.
 */
export class DeepInfantError extends Error {
  override readonly name = 'DeepInfantError';
  constructor(
    /** Short fixed word for programs and for the editor's texts, such as `not-audio` or `ffmpeg-missing`. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The message of anything thrown; where a file was refused, the system's words: 'permission denied'. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node writes "EACCES: permission denied, open 'x'".
  return isFileError(error) ? error.message.replace(/^E\w+: (.*?), .*$/s, '$1') : error.message;
}

/** The code of anything thrown; undefined for a defect. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof DeepInfantError ? error.code : undefined;
}

/** The operating system refused a file. */
export function isFileError(
  error: unknown,
): error is NodeJS.ErrnoException & { path: string; dest?: string } {
  return error instanceof Error && 'syscall' in error && 'path' in error && typeof error.path === 'string';
}
