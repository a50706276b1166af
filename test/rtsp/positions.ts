/**
 * A signal whose every sample tells its place, so that lost and repeated samples can be counted: of samples 2k and
 * 2k + 1 the first, never negative, holds the low 15 bits of k, and the second, always negative, the 15 bits above.
 * It repeats after 2^31 samples, which is 37 h at 16 kHz.
 */

/** The 16-bit sample at a position, counted from 0. */
export function sampleAt(position: number): number {
  const k = Math.floor(position / 2);
  return position % 2 === 0 ? k & 0x7fff : -1 - ((k >> 15) & 0x7fff);
}

/** The position that each sample holds; -1 where it is not of this signal, as filled-in silence isn't. */
export function positionsOf(samples: Float32Array): Int32Array {
  const positions = new Int32Array(samples.length).fill(-1);
  for (let i = 0; i + 1 < samples.length; i++) {
    const low = samples[i] * 32768;
    const high = -1 - samples[i + 1] * 32768;
    if (low < 0 || high < 0 || !Number.isInteger(low) || !Number.isInteger(high)) continue;
    positions[i] = 2 * (low + high * 2 ** 15);
    positions[i + 1] = positions[i] + 1;
  }
  return positions;
}
