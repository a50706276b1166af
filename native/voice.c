// Power spectra and autocorrelations of four frames at a time, one in each lane of a vector.
//
// Compiled to WebAssembly SIMD by build.sh. The caller (src/features/voice.ts) fills the tables once. Each frame is
// computed from its own samples alone and in one fixed order, so the result does not depend on the CPU.

enum { FRAME = 512, HOP = 1024, FRAMES = 4 };

typedef float f4 __attribute__((vector_size(16)));
typedef int i4 __attribute__((vector_size(16)));

// In: frames that each begin a hop after the one before.
float samples[(FRAMES - 1) * HOP + FRAME];
// Out, for each bin or lag the four frames: the power, and the autocorrelation of the band that was asked for.
f4 power[FRAME / 2 + 1];
f4 autocorrelation[FRAME];

// Tables, written by the caller.
float window[FRAME];
float cosines[FRAME / 2];  // of 2 pi k / FRAME
float sines[FRAME / 2];
int reversed[FRAME];  // the bits of an index in reverse

static f4 imaginary[FRAME];

static inline f4 splat(float x) { return (f4){x, x, x, x}; }

// Replaces numbers in bit-reversed order by their discrete Fourier transform: radix 2, after Cooley & Tukey 1965.
static void transform(f4 *re, f4 *im) {
  for (int half = 1; half < FRAME; half *= 2)
    for (int k = 0; k < half; k++) {
      f4 c = splat(cosines[k * (FRAME / 2 / half)]), s = splat(sines[k * (FRAME / 2 / half)]);
      for (int even = k; even < FRAME; even += 2 * half) {
        int odd = even + half;
        f4 odd_re = c * re[odd] + s * im[odd], odd_im = c * im[odd] - s * re[odd];
        re[odd] = re[even] - odd_re;
        im[odd] = im[even] - odd_im;
        re[even] += odd_re;
        im[even] += odd_im;
      }
    }
}

// What is not finite becomes 0, and nothing is louder than 2^10 times full scale, whose power would leave the range.
static inline f4 sound(f4 x) {
  x = (f4)((i4)x & (((i4)x & 0x7f800000) != 0x7f800000));
  return __builtin_wasm_pmin_f32x4(splat(1024), __builtin_wasm_pmax_f32x4(splat(-1024), x));
}

// Fills `power` from the frames, and `autocorrelation` from its bins from first_bin to before end_bin.
void analyse(int first_bin, int end_bin) {
  f4 *real = autocorrelation;
  for (int n = 0; n < FRAME; n++) {
    const float *x = samples + n;
    real[reversed[n]] = window[n] * sound((f4){x[0], x[HOP], x[2 * HOP], x[3 * HOP]});
    imaginary[n] = splat(0);
  }
  transform(real, imaginary);
  for (int bin = 0; bin <= FRAME / 2; bin++) power[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
  for (int n = 0; n < FRAME; n++) real[n] = imaginary[n] = splat(0);
  for (int bin = first_bin; bin < end_bin; bin++) real[reversed[bin]] = real[reversed[FRAME - bin]] = power[bin];
  // The transform of the power is the autocorrelation.
  transform(real, imaginary);
}
