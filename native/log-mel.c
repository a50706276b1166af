// Log-mel power of 16 kHz audio: 2048-point periodic Hann frames every 512 samples, 128 mel bands, in dB.
//
// Compiled to WebAssembly SIMD by build.sh. Every frame is computed from its own 2048 samples alone and in one fixed
// order, so the result does not depend on how the audio was cut into calls, nor on the CPU. The caller
// (src/features/log-mel.ts) fills the tables once and keeps each stream's unfinished samples.

enum {
  FFT_SIZE = 2048,
  HOP = 512,
  MELS = 128,
  BLOCK_FRAMES = 16,
  BLOCK_SAMPLES = FFT_SIZE + (BLOCK_FRAMES - 1) * HOP,
  POINTS = FFT_SIZE / 2,  // the real transform is a complex one of half its size
  VECTORS = POINTS / 4,   // complex vectors of four points
  QUARTER = VECTORS / 4,
  MEL_STEPS = 144,        // 4-bin steps of all groups of four bands
};

typedef float f4 __attribute__((vector_size(16)));
typedef float f4_unaligned __attribute__((vector_size(16), aligned(4)));
typedef int i4 __attribute__((vector_size(16)));
typedef struct { f4 re, im; } c4;  // four complex points

// In and out.
f4 samples[BLOCK_SAMPLES / 4];
f4 decibels[BLOCK_FRAMES * MELS / 4];

// Tables, written by the caller.
c4 window_half[VECTORS];            // half the window: even samples in re, odd samples in im
c4 twiddles_first[QUARTER * 3];     // e^(-2 pi i j p / 1024), j = 1..3, for four p at a time
float twiddles[(64 + 16 + 4) * 6];  // the same for 256, 64 and 16 in place of 1024, one p at a time: re, im of each j
c4 twiddles_real[VECTORS / 2];      // e^(-2 pi i k / 2048)
int mel_first_bin[MELS];
int mel_steps[MELS / 4];            // 4-bin steps that the widest of four neighbouring bands takes
f4 mel_weights[MEL_STEPS * 4];      // for each group of four bands, for each step, for each band

static c4 signal[BLOCK_SAMPLES / 8];
static c4 ping[VECTORS + 1], pong[VECTORS];
// The widest band's last step reaches past the last bin, with weight 0.
static float power[POINTS + 1 + 63] __attribute__((aligned(16)));

static inline c4 add(c4 a, c4 b) { return (c4){a.re + b.re, a.im + b.im}; }
static inline c4 sub(c4 a, c4 b) { return (c4){a.re - b.re, a.im - b.im}; }
static inline c4 sub_i(c4 a, c4 b) { return (c4){a.re + b.im, a.im - b.re}; }  // a - i b
static inline c4 add_i(c4 a, c4 b) { return (c4){a.re - b.im, a.im + b.re}; }  // a + i b
static inline c4 mul(c4 a, c4 w) { return (c4){a.re * w.re - a.im * w.im, a.re * w.im + a.im * w.re}; }
static inline f4 scaled(c4 a) { return a.re * a.re + a.im * a.im; }
static inline f4 splat(float x) { return (f4){x, x, x, x}; }
static inline f4 pick(i4 mask, f4 a, f4 b) { return (f4)((mask & (i4)a) | (~mask & (i4)b)); }

// Radix-4 butterfly without its twiddles.
static inline void butterfly(c4 x[4]) {
  c4 even = add(x[0], x[2]), odd = sub(x[0], x[2]);
  c4 even2 = add(x[1], x[3]), odd2 = sub(x[1], x[3]);
  x[0] = add(even, even2);
  x[1] = sub_i(odd, odd2);
  x[2] = sub(even, even2);
  x[3] = add_i(odd, odd2);
}

static inline void transpose(f4 *a, f4 *b, f4 *c, f4 *d) {
  f4 ab = __builtin_shufflevector(*a, *b, 0, 4, 1, 5), ab2 = __builtin_shufflevector(*a, *b, 2, 6, 3, 7);
  f4 cd = __builtin_shufflevector(*c, *d, 0, 4, 1, 5), cd2 = __builtin_shufflevector(*c, *d, 2, 6, 3, 7);
  *a = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *b = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *c = __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5);
  *d = __builtin_shufflevector(ab2, cd2, 2, 3, 6, 7);
}

// Even samples to re, odd ones to im; what is not finite becomes 0.
static void split(int count) {
  for (int i = 0; i * 8 < count; i++) {
    f4 a = samples[2 * i], b = samples[2 * i + 1];
    f4 parts[2] = {__builtin_shufflevector(a, b, 0, 2, 4, 6), __builtin_shufflevector(a, b, 1, 3, 5, 7)};
    for (int j = 0; j < 2; j++) {
      i4 exponent = (i4)parts[j] & 0x7f800000;
      parts[j] = (f4)((i4)parts[j] & (exponent != 0x7f800000));
    }
    signal[i] = (c4){parts[0], parts[1]};
  }
}

// Stockham's self-sorting radix-4 transform: first pass, with the window.
static void first_pass(const c4 *in, c4 *out) {
  for (int p = 0; p < QUARTER; p++) {
    c4 x[4];
    for (int j = 0; j < 4; j++) {
      c4 w = window_half[p + j * QUARTER], s = in[p + j * QUARTER];
      x[j] = (c4){s.re * w.re, s.im * w.im};
    }
    butterfly(x);
    for (int j = 1; j < 4; j++) x[j] = mul(x[j], twiddles_first[3 * p + j - 1]);
    transpose(&x[0].re, &x[1].re, &x[2].re, &x[3].re);
    transpose(&x[0].im, &x[1].im, &x[2].im, &x[3].im);
    for (int j = 0; j < 4; j++) out[4 * p + j] = x[j];
  }
}

// A later pass: `stride` vectors share each twiddle.
static inline void pass(const c4 *in, c4 *out, int stride, const float *w) {
  for (int p = 0; p < QUARTER / stride; p++, w += 6) {
    c4 w1 = {splat(w[0]), splat(w[1])}, w2 = {splat(w[2]), splat(w[3])}, w3 = {splat(w[4]), splat(w[5])};
    for (int q = 0; q < stride; q++) {
      const c4 *from = in + p * stride + q;
      c4 x[4] = {from[0], from[QUARTER], from[2 * QUARTER], from[3 * QUARTER]};
      butterfly(x);
      c4 *to = out + 4 * p * stride + q;
      to[0] = x[0];
      to[stride] = mul(x[1], w1);
      to[2 * stride] = mul(x[2], w2);
      to[3 * stride] = mul(x[3], w3);
    }
  }
}

static void last_pass(const c4 *in, c4 *out) {
  for (int q = 0; q < QUARTER; q++) {
    c4 x[4] = {in[q], in[q + QUARTER], in[q + 2 * QUARTER], in[q + 3 * QUARTER]};
    butterfly(x);
    for (int j = 0; j < 4; j++) out[q + j * QUARTER] = x[j];
  }
}

// Powers of the real signal's bins from the transform z of even + i odd samples (halved by the window):
// X[k] = E + W^k O and X[1024 - k] = conj(E - W^k O)
// with E = z[k] + conj(z[1024 - k]) and O = -i (z[k] - conj(z[1024 - k])).
static void real_power(c4 *z) {
  z[VECTORS] = z[0];  // z is periodic
  for (int i = 0; i < VECTORS / 2; i++) {
    c4 a = z[i], high = z[VECTORS - i], low = z[VECTORS - i - 1];
    c4 b = {__builtin_shufflevector(high.re, low.re, 0, 7, 6, 5),
            __builtin_shufflevector(high.im, low.im, 0, 7, 6, 5)};
    c4 e = {a.re + b.re, a.im - b.im};
    c4 o = {a.im + b.im, b.re - a.re};
    c4 wo = mul(o, twiddles_real[i]);
    *(f4 *)(power + 4 * i) = scaled(add(e, wo));
    f4 mirrored = scaled(sub(e, wo));
    *(f4_unaligned *)(power + POINTS - 4 * i - 3) = __builtin_shufflevector(mirrored, mirrored, 3, 2, 1, 0);
  }
  c4 middle = z[VECTORS / 2];
  power[POINTS / 2] = 4 * (middle.re[0] * middle.re[0] + middle.im[0] * middle.im[0]);
}

// 10 log10(max(x, 1e-10)). With x = 2^n m, m in [sqrt(1/2), sqrt(2)), and s = (m - 1) / (m + 1):
// ln m = 2 atanh s = 2 s (1 + s^2/3 + s^4/5 + ...), here to s^8/9: the next term is below 2e-9.
static inline f4 to_decibels(f4 x) {
  const f4 floor = splat(1e-10f);
  x = pick(x > floor, x, floor);
  i4 n = ((i4)x - 0x3f3504f3) >> 23;  // 0x3f3504f3 is sqrt(1/2)
  f4 m = (f4)((i4)x - (n << 23));
  f4 s = (m - 1) / (m + 1);
  f4 z = s * s;
  f4 series = 1 + z * (1 / 3.0f + z * (1 / 5.0f + z * (1 / 7.0f + z * (1 / 9.0f))));
  return __builtin_convertvector(n, f4) * 3.01029995664f  // 10 log10 2
         + s * series * 8.68588963807f;                   // 20 / ln 10
}

static void mel_power(f4 *out) {
  const f4 *w = mel_weights;
  for (int group = 0; group < MELS / 4; group++) {
    const float *p[4];
    for (int j = 0; j < 4; j++) p[j] = power + mel_first_bin[4 * group + j];
    f4 sum[4] = {0};
    const f4 *end = w + 4 * mel_steps[group];
    do {
      for (int j = 0; j < 4; j++, w++) {
        sum[j] += *w * *(const f4_unaligned *)p[j];
        p[j] += 4;
      }
    } while (w != end);
    transpose(&sum[0], &sum[1], &sum[2], &sum[3]);
    out[group] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  }
}

// Writes `frames` rows of `decibels`, the first from the first of `samples` on, each a hop after the one before.
void log_mel(int frames) {
  split(FFT_SIZE + (frames - 1) * HOP);
  for (int frame = 0; frame < frames; frame++) {
    first_pass(signal + frame * (HOP / 8), ping);
    pass(ping, pong, 1, twiddles);
    pass(pong, ping, 4, twiddles + 64 * 6);
    pass(ping, pong, 16, twiddles + (64 + 16) * 6);
    last_pass(pong, ping);
    real_power(ping);
    mel_power(decibels + frame * (MELS / 4));
  }
  // Apart from the sums: each has a long chain of dependent operations, which overlaps best with its like.
  for (int i = 0; i < frames * (MELS / 4); i++) decibels[i] = to_decibels(decibels[i]);
}
