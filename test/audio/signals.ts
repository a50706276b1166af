import assert from 'node:assert/strict';

/** A sine of `length` samples at `rate` that is 0 and rising at sample 0. */
export function tone(hz: number, rate: number, length: number, amplitude = 0.5): Float32Array {
  return Float32Array.from({ length }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / rate));
}

/** Uniform noise in [-1, 1) from a linear congruential generator (Numerical Recipes). */
export function noise(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

export function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}

/** Fails unless both are the same to the bit; names the first difference instead of printing them. */
export function assertSame(actual: Float32Array, wanted: Float32Array): void {
  assert.equal(actual.length, wanted.length, 'number of samples');
  const n = actual.findIndex((sample, i) => sample !== wanted[i]);
  assert.equal(actual[n], wanted[n], `sample ${n}`);
}

/** The mean of interleaved channels, as a Float32. */
export function meanOf(samples: Float32Array, channels: number): Float32Array {
  return Float32Array.from({ length: samples.length / channels }, (_, frame) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += samples[frame * channels + channel];
    return sum / channels;
  });
}
