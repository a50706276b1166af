/** A sample rate in Hz; one above it is beyond any recorder's, and only a broken header names it. */
export const HIGHEST_RATE = 384_000;

/** A piece of decoded audio at the recording's own rate. */
export interface PcmBlock {
  /** Frames per second. */
  rate: number;
  channels: number;
  /** Whole frames, interleaved; in [-1, 1], finite. */
  samples: Float32Array;
}

/** A sample as it may go on, finite and in [-1, 1]: codecs overshoot, and a broken file or device may send anything. */
export function clampAmplitude(value: number): number {
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0;
}

/**
 * The same of all samples, in place: a resampler's filter overshoots where the sound is at full scale, by up to 18 % of it.
 * @returns them
 */
export function clampAmplitudes(samples: Float32Array): Float32Array {
  for (let i = 0; i < samples.length; i++) samples[i] = clampAmplitude(samples[i]);
  return samples;
}
