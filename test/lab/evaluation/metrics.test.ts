import assert from 'node:assert/strict';
import { Random } from '../../../src/maths/random.js';
import {
  figuresOf,
  operatingPoints,
  plattCalibration,
  thresholdAt,
  type Scored,
} from '../../../src/lab/evaluation/metrics.js';

function scored(cries: readonly number[], others: readonly number[]): Scored[] {
  return [
    ...cries.map(score => ({ label: 'cry', score })),
    ...others.map((score, i) => ({ label: i % 2 === 0 ? 'speech' : 'music', score })),
  ];
}

describe('metrics', () => {
  it('auc counts pairs in the right order, ties half', () => {
    assert.equal(figuresOf(scored([0.9, 0.5], [0.5, 0.1])).auc, 3.5 / 4);
    assert.equal(figuresOf(scored([1], [0])).auc, 1);
    assert.equal(figuresOf(scored([0.3, 0.3], [0.3])).auc, 0.5);
  });

  it('auc is the share of all pairs', () => {
    const random = new Random(1);
    const cries = Array.from({ length: 40 }, () => random.integer(20) + 5);
    const others = Array.from({ length: 60 }, () => random.integer(20));
    let wins = 0;
    for (const cry of cries) for (const other of others) wins += cry > other ? 1 : cry === other ? 0.5 : 0;
    assert.ok(Math.abs(figuresOf(scored(cries, others)).auc - wins / 2400) < 1e-12);
  });

  it('recall at a false-alarm rate lets no more than that share through', () => {
    const others = Array.from({ length: 1000 }, (_, i) => i / 1000);
    // 5 others are above 0.9945, 16 above 0.9835, 60 above 0.9395.
    const { recallAt } = figuresOf(scored([0.9995, 0.9945, 0.99449, 0.9835, 0.9395, 0.9385], others));
    assert.deepEqual(recallAt, { '0.005': 3 / 6, '0.016': 4 / 6, '0.06': 5 / 6 });
    // A tie with the sixth other would let it through.
    assert.equal(figuresOf(scored([0.994], others)).recallAt['0.005'], 0);
  });

  it('the curves have a point for each score', () => {
    assert.deepEqual(operatingPoints(scored([0.9, 0.5], [0.5, 0.1])), [
      { threshold: Infinity, recall: 0, falseAlarmRate: 0, precision: 1 },
      { threshold: 0.9, recall: 1 / 2, falseAlarmRate: 0, precision: 1 },
      { threshold: 0.5, recall: 1, falseAlarmRate: 1 / 2, precision: 2 / 3 },
      { threshold: 0.1, recall: 1, falseAlarmRate: 1, precision: 1 / 2 },
    ]);
  });

  it('there are no figures without both classes', () => {
    for (const one of [scored([0.5], []), scored([], [0.5])]) {
      const { auc, recallAt } = figuresOf(one);
      assert.deepEqual([auc, ...Object.values(recallAt)], [NaN, NaN, NaN, NaN]);
    }
  });

  it('at most the asked share of negatives exceeds the threshold', () => {
    const others = Array.from({ length: 100 }, (_, i) => i / 100);
    assert.equal(others.filter(score => score > thresholdAt(0.05, others)).length, 5);
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
