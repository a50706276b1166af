/** What ../dialog.ts answers the dialogs. */

export interface TestReply {
  /** What was found. */
  sentence: string;
  /** What works, but not as it should. */
  warnings: string[];
}
