import assert from 'node:assert/strict';
import {
  checkCountedCries,
  countAt,
  criesAt,
  lastOnsetAt,
  NO_CRIES,
  withCry,
} from '../../../src/hass/device/cry-count.js';
import { nightOf } from '../../../src/journal/questions.js';
import type { Intensity } from '../../../src/values.js';
import { cryAt } from '../../reason/cries.js';

const at = (day: number, hours: number, minutes = 0): number =>
  new Date(2026, 0, day, hours, minutes).getTime();
const cry = (
  onset: number,
  durationS: number,
  intensity: Intensity = 'cry',
): { id: string; onset: number; durationS: number; intensity: Intensity } => ({
  id: `cot@${onset}`,
  onset,
  durationS,
  intensity,
});

describe('the count of a night', () => {
  it("does not count a cry of the afternoon as tonight's, nor does the journal", () => {
    const afternoon = cry(at(15, 15), 60);
    assert.equal(countAt(withCry(NO_CRIES, afternoon), at(15, 20)).cries, 0);
    const entry = { ...cryAt(afternoon.onset), kind: 'cry' as const, course: [] };
    assert.equal(nightOf([entry], at(15, 20), at(15, 20)).totals.cries, 0);
  });

  it('counts from 18:00 to 10:00, over midnight, and shows it until the next evening', () => {
    const cries = [
      cry(at(15, 18), 60),
      cry(at(15, 23, 50), 120),
      cry(at(16, 9, 59), 30),
      cry(at(16, 10), 90),
    ];
    const counted = cries.reduce(withCry, NO_CRIES);
    for (const now of [at(16, 11), at(16, 17, 59)])
      assert.deepEqual(countAt(counted, now), { cries: 3, cryingS: 210 });
    assert.deepEqual(countAt(counted, at(16, 18)), { cries: 0, cryingS: 0 });
    assert.equal(counted.lastOnset, at(16, 10));
  });

  it('counts the part of a cry that is in the night', () => {
    const counted = withCry(NO_CRIES, cry(at(15, 17, 59), 180));
    assert.deepEqual(countAt(counted, at(15, 19)), { cries: 1, cryingS: 120 });
  });

  it('counts a cry once, as it was last', () => {
    const counted = [cry(at(15, 20), 3), cry(at(15, 20), 90)].reduce(withCry, NO_CRIES);
    assert.deepEqual(countAt(counted, at(15, 21)), { cries: 1, cryingS: 90 });
  });

  it('knows how hard a cry was at its hardest', () => {
    const [onset, now] = [at(15, 20), at(15, 21)];
    const counted = [cry(onset, 3), cry(onset, 40, 'scream'), cry(onset, 90, 'fuss')].reduce(
      withCry,
      NO_CRIES,
    );
    assert.deepEqual(criesAt(counted, now), [cry(onset, 90, 'scream')]);
    assert.deepEqual(checkCountedCries(counted, 1), counted);
  });

  it('keeps 500 cries at most, the newest', () => {
    let counted = NO_CRIES;
    for (let i = 0; i < 600; i++) counted = withCry(counted, cry(at(15, 20) + 1000 * i, 1));
    assert.equal(countAt(counted, at(15, 21)).cries, 500);
    assert(`cot@${at(15, 20) + 599_000}` in counted.cries);
  });

  it('knows when the newest cry began, whichever is reported last, and not that of a clock that was ahead', () => {
    const [first, second] = [cry(at(15, 20), 3), cry(at(15, 21), 3)];
    const counted = [first, second, { ...first, durationS: 90 }].reduce(withCry, NO_CRIES);
    assert.equal(lastOnsetAt(counted, Date.now()), second.onset);
    const nextYear = Date.now() + 366 * 86_400_000;
    const ahead = withCry(counted, cry(nextYear, 3));
    assert.equal(lastOnsetAt(ahead, nextYear), nextYear);
    assert.equal(lastOnsetAt(ahead, Date.now()), second.onset, 'the clock is set back');
    assert.equal(lastOnsetAt(withCry(NO_CRIES, cry(nextYear, 3)), Date.now()), null);
    const third = cry(at(16, 3), 3);
    assert.equal(lastOnsetAt(withCry(ahead, third), Date.now()), third.onset);
    assert.equal(lastOnsetAt(NO_CRIES, Date.now()), null);
  });

  it('reads what DeepInfant 0.1 kept', () => {
    const { id, onset, durationS } = cry(at(15, 20), 60);
    const old = { since: at(15, 12), cries: { [id]: durationS, 'without a time': 9 }, lastOnset: onset };
    const counted = checkCountedCries(old, 0);
    assert.deepEqual(countAt(counted, at(15, 21)), { cries: 1, cryingS: 60 });
    assert.equal(counted.lastOnset, onset);
    assert.deepEqual(checkCountedCries(counted, 1), counted);
    assert.throws(() => checkCountedCries({ cries: { a: 'x' }, lastOnset: null }, 0), {
      code: 'invalid',
      message: "counted cries: cries.a is 'x'; expected a number.",
    });
  });
});
