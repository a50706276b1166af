import assert from 'node:assert/strict';
import { auc, plattCalibration, recallAt, thresholdAt } from '../../src/evaluation/metrics.js';
import { Random } from '../../src/dataset/random.js';

describe('metrics', () => {
  it('auc counts pairs in the right order, ties half', () => {
    assert.equal(auc([0.9, 0.5], [0.5, 0.1]), 3.5 / 4);
    assert.equal(auc([1], [0]), 1);
    assert.equal(auc([0.3, 0.3], [0.3]), 0.5);
  });

  it('recall at a false-alarm rate lets no more than that share through', () => {
    const others = Array.from({ length: 100 }, (_, i) => i / 100);
    assert.equal(others.filter(score => score > thresholdAt(0.05, others)).length, 5);
    assert.equal(recallAt(0.05, [0.99, 0.96, 0.945, 0.94], others), 3 / 4);
  });

  it('plattCalibration finds the logistic model that made the data, and stays finite on separable ones', () => {
    const random = new Random(3);
    const positives: number[] = [];
    const negatives: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      const x = 2 * random.normal();
      (random.chance(1 / (1 + Math.exp(-(1.5 * x - 0.7)))) ? positives : negatives).push(x);
    }
    const { a, b } = plattCalibration(positives, negatives);
    assert.ok(Math.abs(a - 1.5) < 0.06 && Math.abs(b + 0.7) < 0.06, `a ${a}, b ${b}`);
    const separable = plattCalibration([2, 3], [-2, -3]);
    assert.ok(Number.isFinite(separable.a) && separable.a > 0 && Number.isFinite(separable.b));
  });
});
