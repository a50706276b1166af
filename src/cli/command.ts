/** A command of `deepinfant`; its module exports it as `command`. */
export interface Command {
  /** Begins with the command line, then says what it does and what its options mean. */
  usage: string;
  /**
   * Does its work.
   * @param args what follows the command's name
   * @returns the exit status
   */
  run: (args: string[]) => Promise<number>;
}
