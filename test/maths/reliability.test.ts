import assert from 'node:assert/strict';
import {
  accuracyOf,
  claimOf,
  expectedCalibrationError,
  reliabilityBins,
  type Claim,
} from '../../src/maths/reliability.js';

function claims(right: readonly number[], wrong: readonly number[]): Claim[] {
  return [
    ...right.map(confidence => ({ confidence, isRight: true })),
    ...wrong.map(confidence => ({ confidence, isRight: false })),
  ];
}

describe('claims', () => {
  it('err in their calibration by the mean distance of confidence from what came true', () => {
    const some = claims([0.99, 1, 0.02], [0.04, 0.06, 0.95]);
    const bins = reliabilityBins(some);
    assert.equal(bins.length, 15);
    assert.deepEqual(
      bins.filter(({ count }) => count > 0).map(({ from, to, count }) => [from, to, count]),
      [
        [0, 1 / 15, 3],
        [14 / 15, 1, 3],
      ],
    );
    const expected = (3 * Math.abs(0.04 - 1 / 3) + 3 * Math.abs(0.98 - 2 / 3)) / 6;
    assert.ok(Math.abs(expectedCalibrationError(some) - expected) < 1e-12);
    assert.equal(expectedCalibrationError(claims([1, 1], [0])), 0);
  });

  it('are right as often as the likeliest class is the true one', () => {
    const some = [claimOf([0.2, 0.7, 0.1], 1), claimOf([0.5, 0.5], 0), claimOf([0.5, 0.5], 1)];
    assert.deepEqual(some[0], { confidence: 0.7, isRight: true });
    assert.equal(accuracyOf(some), 2 / 3);
  });

  it('say nothing where there are none', () => {
    assert.ok(Number.isNaN(expectedCalibrationError([])) && Number.isNaN(accuracyOf([])));
  });
});
