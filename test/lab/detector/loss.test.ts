import assert from 'node:assert/strict';
import { teacherSpread } from '../../../src/lab/detector/loss.js';

describe("the spread of a teacher's logits", () => {
  it('is a number, also for classes that never vary', () => {
    // As they are stored: in steps of 0.1, in single precision.
    const row = Float32Array.from({ length: 256 }, (_, i) => (i - 128) / 10);
    const { mean, deviation } = teacherSpread(Array(1000).fill(row), row.length);
    assert.ok(mean.every((value, i) => Math.abs(value - row[i]) < 1e-5));
    assert.ok(
      deviation.every(value => Math.abs(value - 0.1) < 1e-2),
      deviation.join(' '),
    );
  });
});
