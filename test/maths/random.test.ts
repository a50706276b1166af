import assert from 'node:assert/strict';
import { Random } from '../../src/maths/random.js';

describe('Random', () => {
  const draw = (seed: number, n: number): number[] => {
    const random = new Random(seed);
    return Array.from({ length: n }, () => random.uniform());
  };

  it('gives the sequence of mulberry32', () => {
    assert.deepEqual(
      draw(1, 3).map(u => u * 2 ** 32),
      [2693262067, 11749833, 2265367787],
    );
  });

  it('repeats by seed and differs between neighbouring seeds', () => {
    assert.deepEqual(draw(7, 100), draw(7, 100));
    assert.notDeepEqual(draw(7, 100), draw(8, 100));
  });

  it('draws uniformly, normally, and by chance', () => {
    const random = new Random(3);
    const n = 20000;
    const mean = (f: () => number): number => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += f();
      return sum / n;
    };
    assert.ok(Math.abs(mean(() => random.uniform(2, 4)) - 3) < 0.02);
    assert.ok(Math.abs(mean(() => random.normal())) < 0.03);
    assert.ok(Math.abs(mean(() => random.normal() ** 2) - 1) < 0.05);
    assert.ok(Math.abs(mean(() => Number(random.chance(0.2))) - 0.2) < 0.02);
  });

  it('reaches every integer and element, and nothing else', () => {
    const random = new Random(5);
    const integers = new Set(Array.from({ length: 200 }, () => random.integer(4)));
    assert.deepEqual([...integers].sort(), [0, 1, 2, 3]);
    const picked = new Set(Array.from({ length: 200 }, () => random.pick(['a', 'b'])));
    assert.deepEqual([...picked].sort(), ['a', 'b']);
  });
});
