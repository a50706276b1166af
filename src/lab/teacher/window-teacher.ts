/** A network that hears what a recording contains, window by window. */
export interface WindowTeacher {
  readonly name: string;
  /** Of the network's file. */
  readonly sha256: string;
  /** Number of sounds that it tells apart. */
  readonly classes: number;
  /**
   * Scores of windows at a fixed distance, at least one: [windows x classes].
   * @param samples 16 kHz mono in [-1, 1]
   */
  windows(samples: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}
