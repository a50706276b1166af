/** A network that hears what a recording contains, window by window. */
export interface WindowTeacher {
  readonly name: string;
  /** Of the network's file. */
  readonly sha256: string;
  /** Number of sounds that it tells apart. */
  readonly classes: number;
  /** Samples of a window. */
  readonly window: number;
  /**
   * Scores of windows at a fixed distance, at least one: [windows x classes].
   * @param samples 16 kHz mono in [-1, 1]
   * @param hop samples from one window to the next; else the network's usual ones
   */
  windows(samples: Float32Array, hop?: number): Promise<Float32Array>;
  /** The probability of crying in each window. @param scores as `windows` gives them */
  crying(scores: Float32Array): Float32Array;
  close(): Promise<void>;
}
