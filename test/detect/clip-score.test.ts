import assert from 'node:assert/strict';
import { clipScore } from '../../src/detect/clip-score.js';
import { steps } from './steps.js';

describe('clipScore', () => {
  const table: [string, number[], number][] = [
    ['no step', [], 0],
    ['one step', [0.6], 0.6],
    ['two steps', [0.2, 0.6], 0.4],
    ['a single high step', [0, 0, 0.9, 0, 0], 0.3],
    ['the best three neighbours at the start', [0.9, 0.6, 0.6, 0.1, 0.1], 0.7],
    ['the best three neighbours at the end', [0.1, 0.1, 0.6, 0.6, 0.9], 0.7],
  ];
  for (const [name, scores, expected] of table) {
    it(`is the largest mean of three: ${name}`, () => {
      assert.ok(Math.abs(clipScore(steps(...scores)) - expected) < 1e-12);
    });
  }
});
