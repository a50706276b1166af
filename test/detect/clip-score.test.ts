import assert from 'node:assert/strict';
import { clipScore, scoreSamples } from '../../src/detect/clip-score.js';
import { logit, sigmoid } from '../../src/model/calibration.js';
import type { Classifier } from '../../src/model/classifier.js';
import { SAMPLE_RATE } from '../../src/values.js';
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

describe('scoreSamples', () => {
  it('hears a recording of less than 2 s with quiet around it, and others as they are', async () => {
    const heard: Float32Array[] = [];
    const classifier: Pick<Classifier, 'open'> = {
      open: () => ({
        push: chunk => Promise.resolve(heard.push(chunk.samples) > 0 ? steps(0.3) : []),
        flush: () => Promise.resolve(steps(0.3)),
        close: () => Promise.resolve(),
      }),
    };
    const tone = (lengthS: number): Float32Array => new Float32Array(lengthS * SAMPLE_RATE).fill(0.5);
    const score = await scoreSamples(classifier, tone(0.5));
    await scoreSamples(classifier, tone(2));
    assert.ok(Math.abs(score - 0.3) < 1e-9);
    const [short, long] = heard;
    assert.equal(short.length, 2 * SAMPLE_RATE);
    assert.deepEqual(
      [0, 15_999, 16_000, 23_999, 24_000, 31_999].map(i => short[i]),
      [0, 0, 0.5, 0.5, 0, 0],
    );
    assert.deepEqual(long, tone(2));
  });
});
