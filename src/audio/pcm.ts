/** A piece of decoded audio at the recording's own rate. */
export interface PcmBlock {
  /** Samples per second. */
  rate: number;
  /** Mono (the mean of the channels), in [-1, 1], finite. */
  samples: Float32Array;
}
