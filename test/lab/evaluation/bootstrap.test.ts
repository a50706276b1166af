import assert from 'node:assert/strict';
import { Random } from '../../../src/maths/random.js';
import { bootstrapIntervals } from '../../../src/lab/evaluation/bootstrap.js';

interface Item {
  group: string;
  value: number;
}

function mean(items: readonly Item[]): number[] {
  return [items.reduce((sum, { value }) => sum + value, 0) / items.length];
}

/** Groups of one value each, normally distributed. */
function groupsOf(size: number): Item[] {
  const random = new Random(7);
  return Array.from({ length: 100 }, (_, i) => {
    const value = random.normal();
    return Array.from({ length: size }, () => ({ group: `g${i}`, value }));
  }).flat();
}

describe('bootstrapIntervals', () => {
  it("gives the mean's interval: 1.96 standard errors to both sides", () => {
    const [[low, high]] = bootstrapIntervals(groupsOf(1), mean);
    const width = high - low;
    assert.ok(Math.abs(width - (2 * 1.96) / 10) < 0.06, `width ${width}`);
    assert.ok(Math.abs((low + high) / 2 - mean(groupsOf(1))[0]) < 0.03);
  });

  it('takes alike recordings of a group for one', () => {
    const [one, many] = [1, 20].map(size => bootstrapIntervals(groupsOf(size), mean)[0]);
    for (const end of [0, 1]) assert.ok(Math.abs(one[end] - many[end]) < 1e-9);
  });

  it('gives the same for the same, keeps the order, and leaves out what cannot be said', () => {
    const items = groupsOf(2);
    const figures = (sample: readonly Item[]): number[] => {
      const numbers = sample.map(({ group }) => Number(group.slice(1)));
      assert.deepEqual(
        numbers,
        [...numbers].sort((a, b) => a - b),
      );
      return [NaN, numbers.includes(0) ? 1 : NaN];
    };
    assert.deepEqual(bootstrapIntervals(items, figures), [
      [NaN, NaN],
      [1, 1],
    ]);
    assert.deepEqual(bootstrapIntervals(items, mean), bootstrapIntervals(items, mean));
  });
});
