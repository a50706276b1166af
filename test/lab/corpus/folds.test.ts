import assert from 'node:assert/strict';
import { checkSplit, checkTrainable, groupedFolds, splitOf } from '../../../src/lab/corpus/folds.js';
import { Random } from '../../../src/maths/random.js';

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

describe('splitOf sources', () => {
  const of = (
    source: string,
    label: string,
    count: number,
  ): { source: string; label: string; group: string }[] =>
    Array.from({ length: count }, (_, i) => ({ source, label, group: `${source} ${label} ${i}` }));
  const recordings = [
    ...of('phones', 'cry', 12),
    ...of('phones', 'speech', 4),
    ...of('uploads', 'cry', 10),
    ...of('uploads', 'animal', 6),
    ...of('talks', 'speech', 8),
    ...of('rings', 'alarm', 5),
    ...of('films', 'cry', 9),
  ];

  it('leaves each source with enough cries out as a whole, and spreads the rest', () => {
    const { count, folds, sources } = splitOf(recordings, 'sources', 1);
    assert.deepEqual([count, sources], [2, ['phones', 'uploads']]);
    const foldsOf = (source: string): number[] => folds.filter((_, i) => recordings[i].source === source);
    assert.deepEqual([new Set(foldsOf('phones')), new Set(foldsOf('uploads'))], [new Set([0]), new Set([1])]);
    for (const [source, least] of [
      ['talks', 4],
      ['rings', 2],
      ['films', 4],
    ] as const)
      for (const fold of [0, 1])
        assert.ok(foldsOf(source).filter(one => one === fold).length >= least, `${source}, fold ${fold}`);
    checkSplit(
      folds,
      recordings.map(recording => ({ ...recording, path: '' })),
    );
    assert.deepEqual(splitOf(recordings, 'sources', 1).folds, folds);
  });

  it('refuses fewer than two sources, and says what there is', () => {
    const one = recordings.filter(({ source }) => source !== 'uploads');
    assert.throws(() => splitOf(one, 'sources', 1), {
      code: 'folds',
      message: /two sources, from at least 10 groups each.*phones: 12, talks: 0, rings: 0, films: 9/,
    });
    const unnamed = recordings.map(recording => ({ ...recording, source: '' }));
    assert.throws(() => splitOf(unnamed, 'sources', 1), { code: 'folds', message: /no source: 31/ });
  });

  it('refuses a group of two sources, which could not be left out', () => {
    const joined = [...recordings, { source: 'phones', label: 'cry', group: 'uploads cry 3' }];
    assert.throws(() => splitOf(joined, 'sources', 1), {
      code: 'folds',
      message: /Group 'uploads cry 3' has recordings of 'uploads' and of 'phones'/,
    });
  });

  it('refuses a fold of nothing but cries', () => {
    const cries = [...of('phones', 'cry', 12), ...of('uploads', 'cry', 12), ...of('uploads', 'animal', 3)];
    assert.throws(() => splitOf(cries, 'sources', 1), {
      code: 'too-few-recordings',
      message: /With 'phones' left out, nothing but cries/,
    });
  });
});

describe('checkSplit', () => {
  const recordings = [
    { group: 'a', path: 'a1.wav' },
    { group: 'b', path: 'b1.wav' },
    { group: 'a', path: 'a2.wav' },
    { group: 'b', path: 'b2.wav' },
  ];

  it('takes a split that keeps groups whole', () => {
    checkSplit([3, 0, 3, 0], recordings);
  });

  it('refuses a group on both sides, naming it and a file of each', () => {
    assert.throws(
      () => {
        checkSplit([3, 0, 3, 1], recordings);
      },
      { code: 'split', message: /'b' .*b1\.wav in fold 0, b2\.wav in fold 1/ },
    );
  });

  it('refuses a split of another corpus', () => {
    assert.throws(
      () => {
        checkSplit([3, 0, 3], recordings);
      },
      { code: 'split', message: /3 recordings.*4/ },
    );
  });
});

describe('checkTrainable', () => {
  const of = (label: string, groups: number): { group: string; label: string }[] =>
    Array.from({ length: 2 * groups }, (_, i) => ({ group: `${label}${i >> 1}`, label }));

  it('takes a group of cries and one of other sounds a fold', () => {
    checkTrainable([...of('cry', 3), ...of('animal', 1), ...of('other', 2)], 3);
  });

  it('refuses one class only, and fewer groups of one than folds, telling what there is', () => {
    assert.throws(
      () => {
        checkTrainable(of('cry', 9), 3);
      },
      { code: 'too-few-recordings', message: /18 recordings of cries from 9 groups and 0 of other sounds/ },
    );
    assert.throws(
      () => {
        checkTrainable([...of('cry', 2), ...of('other', 9)], 3);
      },
      { code: 'too-few-recordings', message: /4 recordings of cries from 2 groups.*3 folds/ },
    );
  });
});
