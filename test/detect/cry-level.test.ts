import assert from 'node:assert/strict';
import { CryLevel, type LevelChange } from '../../src/detect/cry-level.js';
import { Tracker, TRACKER_DEFAULTS } from '../../src/detect/tracker.js';
import { Random } from '../../src/maths/random.js';
import { sigmoid } from '../../src/model/calibration.js';
import { HOP_SAMPLES, step } from './steps.js';

/** Cry probabilities that wander between quiet, doubt and crying. */
function wanderingScores(seed: number, count: number): number[] {
  const random = new Random(seed);
  let odds = -4;
  return Array.from({ length: count }, () => {
    odds = 0.9 * odds + random.uniform(-2, 1.6);
    return sigmoid(odds + random.normal());
  });
}

describe('CryLevel', () => {
  const settings = { ...TRACKER_DEFAULTS, odds: -3 };

  function changesOf(scores: readonly number[]): LevelChange[] {
    const level = new CryLevel(settings);
    return scores.map((cry, i) =>
      level.push({ cry, hopStart: i * HOP_SAMPLES, endSample: (i + 1) * HOP_SAMPLES }),
    );
  }

  it('starts and ends cries at the very steps at which a tracker reports them', () => {
    const scores = wanderingScores(1, 4000);
    const tracker = new Tracker('nursery', settings);
    const reported = scores.map((cry, i) => tracker.push(step(i, cry)).map(({ state }) => state));
    const changes = changesOf(scores);
    const at = <T>(items: readonly T[], isOne: (item: T) => boolean): number[] =>
      items.flatMap((item, i) => (isOne(item) ? [i] : []));
    const starts = at(changes, change => change === 'started');
    assert.ok(starts.length > 20, `${starts.length} cries`);
    assert.deepEqual(
      starts,
      at(reported, states => states.includes('started')),
    );
    assert.deepEqual(
      at(changes, change => change === 'ended'),
      at(reported, states => states.includes('ended')),
    );
  });

  it('begins a suspicion anew after two seconds of quiet', () => {
    const quiet = new Array<number>(Math.ceil((2.1 * 16000) / HOP_SAMPLES)).fill(0.01);
    const changes = changesOf([0.6, ...quiet, 0.6, 0.6]);
    assert.deepEqual([changes[0], ...changes.slice(-2)], ['suspected', 'suspected', 'heard']);
  });

  it('begins in quiet again after a reset', () => {
    const level = new CryLevel(settings);
    const push = (i: number): LevelChange =>
      level.push({ cry: 0.99, hopStart: i * HOP_SAMPLES, endSample: (i + 1) * HOP_SAMPLES });
    const first = Array.from({ length: 20 }, (_, i) => push(i));
    assert.ok(first.includes('started'));
    level.reset();
    assert.equal(level.hasCry, false);
    assert.deepEqual(
      first.map((_, i) => push(i)),
      first,
    );
  });
});
