import assert from 'node:assert/strict';
import { indexOfLargest, mean, quantile } from '../../src/maths/statistics.js';

describe('statistics', () => {
  it('gives quantiles as NumPy does, in any order of the numbers', () => {
    const values = [7, 1, 4, 2];
    // numpy.quantile([7, 1, 4, 2], [0, 0.25, 0.5, 0.9, 1])
    const expected = [1, 1.75, 3, 6.1, 7];
    [0, 0.25, 0.5, 0.9, 1].forEach((share, i) => {
      assert.ok(Math.abs(quantile(values, share) - expected[i]) < 1e-12, String(share));
    });
    assert.deepEqual(values, [7, 1, 4, 2], 'unchanged');
    assert.equal(quantile([5], 0.3), 5);
  });

  it('gives the mean, and the place of the first of the largest', () => {
    assert.equal(mean([1, 2, 6]), 3);
    assert.equal(indexOfLargest([1, 3, 3]), 1);
  });

  it('has nothing to say of no numbers', () => {
    assert.ok(Number.isNaN(mean([])) && Number.isNaN(quantile([], 0.5)));
    assert.equal(indexOfLargest([]), -1);
  });
});
