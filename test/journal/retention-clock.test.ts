import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { RetentionClock } from '../../src/journal/retention-clock.js';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 29);

describe("A retention's clock", () => {
  let passed: number;
  let clock: RetentionClock;
  /** Whether it is doubted, when entries were noted so many days from now on. */
  const isDoubted = (...days: number[]): boolean =>
    clock.doubt(days.map(day => NOW + day * DAY_MS)) !== undefined;
  /** Some days pass, and the clock shows another number of them. */
  const pass = (days: number, shown = days): void => {
    passed += days * DAY_MS;
    mock.timers.setTime(Date.now() + shown * DAY_MS);
  };

  beforeEach(() => {
    mock.timers.enable({ apis: ['Date'], now: NOW });
    passed = 0;
    clock = new RetentionClock(() => passed);
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it('is trusted while it agrees with the newest entry', () => {
    assert(!isDoubted());
    assert(!isDoubted(-100, -59));
    assert(isDoubted(-400, -61));
    // What was noted while it was ahead says nothing.
    assert(!isDoubted(-1, 3650));
  });

  it('has to agree with two weeks of entries after a long gap', () => {
    assert(isDoubted(-800, -5, 0));
    assert(!isDoubted(-800, -14, 0));
  });

  it('is not trusted for a day after a leap, be it ahead or back', () => {
    for (const leap of [900, -900]) {
      assert(!isDoubted());
      pass(0, leap);
      assert(isDoubted());
      pass(0.9);
      assert(isDoubted());
      pass(0.2);
      assert(!isDoubted());
    }
    // A laptop sleeps over night.
    pass(0, 0.5);
    assert(!isDoubted());
  });
});
