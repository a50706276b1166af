import assert from 'node:assert/strict';
import { clipScore } from '../../src/detect/clip-score.js';
import { logit, sigmoid } from '../../src/model/calibration.js';
import { steps, times } from './steps.js';

describe('clipScore', () => {
  /** The score of what the log odds of the strongest steps are on average. */
  const ofOdds = (...odds: number[]): number => sigmoid(odds.reduce((a, b) => a + b) / odds.length);
  const [low, high] = [logit(0.1), logit(0.9)];
  const table: [string, number[], number][] = [
    ['nothing of no step', [], 0],
    ['that of one step', [0.6], 0.6],
    ['that of all steps alike', times(30, 0.7), 0.7],
    ['the mean odds of two steps', [0.1, 0.9], 0.5],
    [
      'the mean odds of the strongest three and the strongest twelve',
      [...times(3, 0.9), ...times(20, 0.1)],
      ofOdds(high, (3 * high + 9 * low) / 12),
    ],
    [
      'the same wherever they are',
      [...times(10, 0.1), 0.9, ...times(4, 0.1), 0.9, 0.9],
      ofOdds(high, (3 * high + 9 * low) / 12),
    ],
    ['no more for quiet around it', [...times(40, 0.1), ...times(12, 0.9), ...times(40, 0.1)], 0.9],
    [
      'low for a single window',
      [...times(12, 0.1), 0.9],
      ofOdds((high + 2 * low) / 3, (high + 11 * low) / 12),
    ],
  ];
  for (const [name, scores, expected] of table) {
    it(`is ${name}`, () => {
      assert.ok(Math.abs(clipScore(steps(...scores)) - expected) < 1e-9);
    });
  }
});
