/** Reads numbers of any width from bytes, most significant bit first. Past the end it reads zeros, and `overrun` is set. */
export class BitReader {
  /** The next bits, left-aligned, and their number. */
  private cache = 0;
  private cached = 0;
  private nextByte = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Bytes taken so far; a byte begun counts. */
  get position(): number {
    return this.nextByte - (this.cached >> 3);
  }

  get overrun(): boolean {
    return this.position > this.bytes.length;
  }

  /** An unsigned number of 0 to 32 bits. */
  unsigned(bits: number): number {
    if (bits > 24) return this.unsigned(bits - 16) * 65536 + this.unsigned(16);
    if (bits === 0) return 0;
    if (this.cached < bits) this.fill();
    const value = this.cache >>> (32 - bits);
    this.cache <<= bits;
    this.cached -= bits;
    return value;
  }

  /** A number of 0 to 33 bits in two's complement. */
  signed(bits: number): number {
    if (bits === 0) return 0;
    return -this.unsigned(1) * 2 ** (bits - 1) + this.unsigned(bits - 1);
  }

  /** The number of zeros before the next one, which is taken too. */
  unary(): number {
    let zeros = 0;
    for (;;) {
      const leading = Math.clz32(this.cache);
      if (leading < this.cached) {
        this.cache = (this.cache << leading) << 1;
        this.cached -= leading + 1;
        return zeros + leading;
      }
      if (this.overrun) return zeros;
      zeros += this.cached;
      this.cached = 0;
      this.fill();
    }
  }

  /** Goes on at the next whole byte. */
  align(): void {
    this.unsigned(this.cached % 8);
  }

  private fill(): void {
    while (this.cached <= 24) {
      this.cache |= this.bytes[this.nextByte++] << (24 - this.cached);
      this.cached += 8;
    }
  }
}
