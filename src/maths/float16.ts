const float32 = new Float32Array(1);
const bits32 = new Uint32Array(float32.buffer);

/** The least number above 0 that binary16 has. */
const LEAST = 2 ** -24;

/** IEEE 754 binary16 bits to numbers. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length);
  const valueBits = new Uint32Array(values.buffer);
  for (let i = 0; i < bits.length; i++) {
    const sign = (bits[i] & 0x8000) << 16;
    const exponent = (bits[i] >> 10) & 0x1f;
    const fraction = bits[i] & 0x3ff;
    // Binary32 has 13 more bits of fraction, its exponent is counted from -127 instead of -15, and 255 is infinity.
    if (exponent === 0) values[i] = (sign < 0 ? -1 : 1) * fraction * LEAST;
    else valueBits[i] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  }
  return values;
}

/** Numbers to IEEE 754 binary16 bits, rounded to nearest (ties to even); beyond 65504 becomes infinity. */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    float32[0] = values[i];
    const sign = (bits32[0] >>> 16) & 0x8000;
    const magnitude = Math.abs(values[i]);
    if (Number.isNaN(magnitude)) bits[i] = 0x7e00;
    else if (magnitude >= 65520) bits[i] = sign | 0x7c00;
    else {
      // The spacing of binary16 around this magnitude; adding the exponent's share lets a carry roll over by itself.
      const exponent = Math.max(-14, Math.floor(Math.log2(magnitude || 2 ** -25)));
      const steps = roundHalfEven(magnitude * 2 ** (10 - exponent));
      bits[i] = sign | (steps + ((exponent + 14) << 10));
    }
  }
  return bits;
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
