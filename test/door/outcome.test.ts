import assert from 'node:assert/strict';
import { readIncoming } from '../../src/hass/incoming.js';
import { isLikeOutcome, readOutcome } from '../../src/door/outcome.js';
import { DeepInfantError } from '../../src/errors.js';

const AT = Date.UTC(2026, 10, 29);
const GOOD = {
  outcome: 'counted',
  cry: 'cot-1',
  reason: 'hungry',
  at: AT,
  by: 'Ada',
  baby: 'Mia',
  record: { answers: 4, right: 3, commonestRight: 2 },
};

describe('readOutcome', () => {
  it('gives an outcome without what it does not know', () => {
    assert.deepEqual(readOutcome({ ...GOOD, topic: 'attic' }), GOOD);
    assert.deepEqual(readOutcome({ outcome: 'forgotten' }), { outcome: 'forgotten' });
  });

  it('is not meant for other values', () => {
    for (const value of [undefined, null, 'counted', { outcome: 7 }, { positionS: 1 }, []])
      assert.equal(isLikeOutcome(value), false);
  });

  it('refuses what no reason node sends', () => {
    const long = 'x'.repeat(301);
    const wrong: Record<string, unknown> = {
      outcome: long,
      cry: long,
      reason: 'bored',
      at: 5,
      by: long,
      baby: long,
      record: { answers: 2, right: 3, commonestRight: 0 },
      fact: 'feed',
    };
    for (const [field, value] of Object.entries(wrong))
      assert.throws(
        () => readIncoming({ ...GOOD, [field]: value }),
        (error: unknown) =>
          error instanceof DeepInfantError &&
          error.code === 'invalid' &&
          error.message.startsWith(`outcome: ${field}`),
        field,
      );
    for (const record of [{ answers: -1, right: 0, commonestRight: 0 }, { answers: 1.5, right: 0 }, 7])
      assert.throws(() => readIncoming({ ...GOOD, record }), /^DeepInfantError: outcome: record/);
    assert.throws(() => readIncoming({ ...GOOD, cry: '' }), /outcome: cry is empty/);
  });

  it('says what it means for a cry', () => {
    const { cry, reason, at, by, baby } = GOOD;
    const accuracy = { accuracy: 0.75, baselineAccuracy: 0.5, answers: 4 };
    const answer = { cry, reason, at, by };
    assert.deepEqual(readIncoming(GOOD), { kind: 'answer', answer, cry, baby, accuracy });
    assert.deepEqual(readIncoming({ outcome: 'counted', cry, baby }), { kind: 'owner', cry, baby });
    assert.deepEqual(readIncoming({ outcome: 'withdrawn', cry }), { kind: 'no-answer', cry });
    const fact = { kind: 'feed', at, id: 'x' };
    assert.deepEqual(readIncoming({ outcome: 'withdrawn', cry, fact }), { kind: 'other' });
    assert.deepEqual(readIncoming({ outcome: 'noted', fact }), { kind: 'other' });
  });
});
