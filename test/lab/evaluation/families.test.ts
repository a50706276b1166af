import assert from 'node:assert/strict';
import {
  familyTable,
  figuresOfFamilies,
  judgeFamily,
  MOMENTS,
  type FamilyResult,
} from '../../../src/lab/evaluation/families.js';
import { REASONS } from '../../../src/values.js';

/** A family of whose fresh cries the same is said at each moment; the rest is shared by the other reasons. */
function family(cries: readonly { hungry: number; isHungry: boolean }[]): FamilyResult {
  const share = (hungry: number): number[] =>
    REASONS.map((_, i) => (i === 0 ? hungry : (1 - hungry) / (REASONS.length - 1)));
  const judged = cries.map(({ hungry, isHungry }) => ({
    label: isHungry ? 0 : 1,
    told: { model: share(hungry), commonest: share(0.5), sinceFeed: share(0.5) },
    named: 'unsure' as const,
    uses: 'general' as const,
  }));
  return MOMENTS.map(() => judged);
}

describe('figures of families', () => {
  it('tell how likely hunger was told to be, and how often it was, by how sure somebody wants to be', () => {
    const figures = figuresOfFamilies([
      family([
        { hungry: 0.85, isHungry: true },
        { hungry: 0.65, isHungry: false },
      ]),
      family([
        { hungry: 0.65, isHungry: true },
        { hungry: 0.2, isHungry: false },
      ]),
    ]);
    assert.deepEqual(
      figures.map(({ answers }) => answers),
      [...MOMENTS],
    );
    const rounded = figures[0].hungry.map(({ strictness, cries, told, precision }) => [
      strictness,
      cries,
      Math.round(100 * told),
      Math.round(100 * precision),
    ]);
    assert.deepEqual(rounded, [
      [0.5, 3, 72, 67],
      [0.6, 3, 72, 67],
      [0.7, 1, 85, 100],
      [0.8, 1, 85, 100],
    ]);
    assert.equal(figures[0].betterShare, 1);
    const row = familyTable(figures).find(([name]) => name === 'hunger at 70% or more')!;
    assert.equal(row[1], '85% said, 100% true, of 1');
  });

  it('are the same for the same seed, better than both baselines after some answers, and of 160 cries a family', function () {
    this.timeout(30_000);
    const result = judgeFamily(700_004, 0);
    assert.deepEqual(
      result.map(moment => moment.length),
      MOMENTS.map(() => 160),
    );
    assert.deepEqual(judgeFamily(700_004, 0), result);
    const { logLoss } = figuresOfFamilies([result])[2];
    assert(logLoss.model < logLoss.commonest && logLoss.model < logLoss.sinceFeed, JSON.stringify(logLoss));
  });
});
