// One rate change of the resampler (src/audio/resampler.ts): each output sample is the sum of the input around its
// place, weighted by the row of taps for its place between two input samples.
//
// Compiled to WebAssembly SIMD by build.sh. Every sample is computed from its own input alone and in one fixed order,
// so the result does not depend on how the audio was cut into calls, nor on the CPU.

typedef float f4 __attribute__((vector_size(16)));
typedef float f4_unaligned __attribute__((vector_size(16), aligned(4)));

// Computes all output samples whose `width` input samples (a multiple of 8) are there and returns their number.
// The first one's input begins at input[0] and its taps are row `phase` of the `up` rows.
int resample(const float *input, int length, const f4 *taps, int width, int up, int down, int phase, float *output) {
  int count = 0;
  for (int index = 0; index + width <= length; count++) {
    const f4_unaligned *x = (const f4_unaligned *)(input + index);
    const f4 *row = taps + phase * (width / 4);
    // Two sums, because one addition need not wait for the last one then.
    f4 even = {0}, odd = {0};
    for (int tap = 0; tap < width / 4; tap += 2) {
      even += x[tap] * row[tap];
      odd += x[tap + 1] * row[tap + 1];
    }
    even += odd;
    output[count] = (even[0] + even[1]) + (even[2] + even[3]);
    phase += down;
    index += phase / up;
    phase %= up;
  }
  return count;
}
