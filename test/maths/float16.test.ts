import assert from 'node:assert/strict';
import { fromFloat16, toFloat16 } from '../../src/maths/float16.js';

describe('float16', () => {
  it('meets the known bit patterns of IEEE 754', () => {
    const values = [0, 1, -2, 65504, 2 ** -14, 2 ** -24, 1 / 3, Infinity, -Infinity];
    const bits = [0x0000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555, 0x7c00, 0xfc00];
    assert.deepEqual([...toFloat16(Float32Array.from(values))], bits);
    assert.ok(Number.isNaN(fromFloat16(toFloat16(Float32Array.of(NaN)))[0]));
  });

  it('gives every finite number of 16 bits back as it was', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i).filter(b => (b & 0x7c00) !== 0x7c00);
    assert.deepEqual(toFloat16(fromFloat16(bits)), bits);
  });

  it('rounds to nearest, ties to even, and beyond the largest to infinity', () => {
    const spacing = 2 ** -10;
    const rounded = toFloat16(
      Float32Array.of(1 + spacing / 2, 1 + 1.5 * spacing, 2 - spacing / 4, 65519, 65520),
    );
    assert.deepEqual([...fromFloat16(rounded)], [1, 1 + 2 * spacing, 2, 65504, Infinity]);
  });
});
