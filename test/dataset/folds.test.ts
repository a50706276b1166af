import assert from 'node:assert/strict';
import { groupedFolds } from '../../src/dataset/folds.js';
import { Random } from '../../src/dataset/random.js';

describe('groupedFolds', () => {
  const random = new Random(5);
  const recordings = Array.from({ length: 400 }, (_, i) => ({
    group: `g${Math.floor(i / (1 + random.integer(4)))}`,
    label: random.chance(0.25) ? 'cry' : random.chance(0.1) ? 'laugh' : 'speech',
  }));

  it('never puts a group on two sides', () => {
    const folds = groupedFolds(recordings, 5, 1);
    const foldOf = new Map<string, number>();
    recordings.forEach(({ group }, i) => {
      assert.equal(foldOf.get(group) ?? folds[i], folds[i], group);
      foldOf.set(group, folds[i]);
    });
  });

  it('gives each fold its share of each label', () => {
    const folds = groupedFolds(recordings, 5, 1);
    for (const label of ['cry', 'laugh', 'speech']) {
      const total = recordings.filter(r => r.label === label).length;
      for (let fold = 0; fold < 5; fold++) {
        const share = recordings.filter((r, i) => r.label === label && folds[i] === fold).length / total;
        assert.ok(Math.abs(share - 0.2) < 0.06, `${label} in fold ${fold}: ${share}`);
      }
    }
  });

  it('is the same for the same seed, whatever the order, and another for another', () => {
    const folds = groupedFolds(recordings, 5, 1);
    assert.deepEqual(groupedFolds([...recordings].reverse(), 5, 1).reverse(), folds);
    assert.notDeepEqual(groupedFolds(recordings, 5, 2), folds);
  });

  it('refuses fewer groups than folds', () => {
    assert.throws(() => groupedFolds([{ group: 'a', label: 'cry' }], 2, 1), { code: 'folds' });
  });
});
