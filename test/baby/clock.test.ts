import assert from 'node:assert/strict';
import { ReasonEstimator } from '../../src/baby/estimator.js';
import { readCommand } from '../../src/baby/commands.js';
import type { ReasonEstimate } from '../../src/values.js';
import { cryAt, HOUR_MS, MINUTE_MS } from '../reason/cries.js';

const DAY_MS = 24 * HOUR_MS;

function texts({ contributions }: ReasonEstimate): string {
  return contributions.map(({ text }) => text).join('\n');
}

/** What is said of a cry some time after a feed that was told as an ISO string. */
function fedBefore(fedIso: string, cryIso: string): string {
  const estimator = new ReasonEstimator({ name: '' });
  const told = readCommand({ topic: 'feed', payload: fedIso }, Date.parse(cryIso));
  assert(told.do === 'add-fact');
  estimator.tell(told.fact);
  return texts(estimator.estimate(cryAt(Date.parse(cryIso))));
}

describe("the reason and this computer's clock", () => {
  const zone = process.env.TZ;
  afterEach(() => {
    // Assigned, undefined would be a text.
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('counts the hours that passed when summer time begins and ends, and tells the hour of the day as it is there', () => {
    process.env.TZ = 'Europe/Berlin';
    const spring = fedBefore('2026-03-29T01:30:00', '2026-03-29T03:30:00');
    assert.match(spring, /^The last feed was 1 h ago/m);
    assert.match(spring, /^At 03:30:/m);
    // 2:30 comes twice, and is taken for the first one.
    assert.match(fedBefore('2026-10-25T02:30:00', '2026-10-25T04:30:00'), /^The last feed was 3 h ago/m);
  });

  it('takes a time of another zone for the same moment', () => {
    process.env.TZ = 'America/New_York';
    assert.match(
      fedBefore('2026-01-31T12:00:00+05:30', '2026-01-31T10:30:00Z'),
      /^The last feed was 4 h ago/m,
    );
  });

  it('says of a feed that lies ahead that it does, and allows for clocks that differ', () => {
    const now = Date.UTC(2026, 0, 31, 12);
    assert.throws(() => readCommand({ topic: 'feed', payload: now + 2 * HOUR_MS }, now), {
      code: 'context',
      message: /'feed' is 2 h ahead .* time zone/,
    });
    const told = readCommand({ topic: 'feed', payload: now + 5 * MINUTE_MS }, now);
    assert(told.do === 'add-fact');
    const estimator = new ReasonEstimator({ name: '' });
    const before = estimator.estimate(cryAt(now));
    estimator.tell(told.fact);
    assert.deepEqual(estimator.estimate(cryAt(now)), before);
    assert.match(texts(estimator.estimate(cryAt(now + 65 * MINUTE_MS))), /^The last feed was 1 h ago/m);
  });

  it('goes on after the clock was set forward, back, and never', () => {
    const now = Date.UTC(2026, 0, 31, 12);
    const estimator = new ReasonEstimator({ name: '', birthDate: '2025-12-01' });
    const hear = (onset: number): string => {
      const estimate = estimator.estimate(cryAt(onset));
      const sum = Object.values(estimate.probabilities).reduce((a, b) => a + b);
      assert(Math.abs(sum - 1) < 1e-9, String(sum));
      // It ends before it began: the clock was set while it was heard.
      estimator.estimate({ ...cryAt(onset), state: 'ended', offset: onset - HOUR_MS });
      return texts(estimate);
    };
    const answer = (onset: number): string =>
      estimator.answer({ cry: cryAt(onset).id, reason: 'hungry', at: onset + 1 });
    estimator.tell({ kind: 'feed', at: now });
    assert.match(hear(now + HOUR_MS), /^The last feed was 1 h ago/m);
    assert.doesNotMatch(hear(now + 365 * DAY_MS), /last feed/);
    assert.match(hear(now + 2 * HOUR_MS), /^The last feed was 2 h ago/m);
    assert.doesNotMatch(hear(1000), /last feed/);
    assert.deepEqual([now + HOUR_MS, now + 365 * DAY_MS, now + 2 * HOUR_MS, 1000].map(answer), [
      'counted',
      'counted',
      'counted',
      'unknown-cry',
    ]);
    assert.match(hear(now + 3 * HOUR_MS), /^An answer suggests a feed 2 h ago/m);
    assert.deepEqual(new ReasonEstimator({ name: '' }, estimator.memory).memory, estimator.memory);
  });
});
