/** The discrete Fourier transform of `size` complex numbers, a power of two: radix 2, after Cooley & Tukey 1965. */
export class Fft {
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;
  private readonly reversed: Uint32Array;

  constructor(readonly size: number) {
    const angles = Float64Array.from({ length: size / 2 }, (_, k) => (-2 * Math.PI * k) / size);
    this.cos = angles.map(Math.cos);
    this.sin = angles.map(Math.sin);
    this.reversed = new Uint32Array(size);
    for (let n = 1; n < size; n++) this.reversed[n] = (this.reversed[n >> 1] >> 1) | (n & 1 ? size / 2 : 0);
  }

  /** Replaces `size` numbers, given by their real and imaginary parts, by their transform. */
  transform(re: Float64Array, im: Float64Array): void {
    const { size, cos, sin } = this;
    this.reorder(re);
    this.reorder(im);
    for (let half = 1; half < size; half *= 2) {
      for (let k = 0; k < half; k++) {
        const c = cos[(k * size) / 2 / half];
        const s = sin[(k * size) / 2 / half];
        for (let even = k; even < size; even += 2 * half) {
          const odd = even + half;
          const evenRe = re[even];
          const evenIm = im[even];
          const oddRe = c * re[odd] - s * im[odd];
          const oddIm = c * im[odd] + s * re[odd];
          re[even] = evenRe + oddRe;
          im[even] = evenIm + oddIm;
          re[odd] = evenRe - oddRe;
          im[odd] = evenIm - oddIm;
        }
      }
    }
  }

  private reorder(values: Float64Array): void {
    for (let n = 0; n < this.size; n++) {
      const other = this.reversed[n];
      if (other <= n) continue;
      const value = values[n];
      values[n] = values[other];
      values[other] = value;
    }
  }
}
