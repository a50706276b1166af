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

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
