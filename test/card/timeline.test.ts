import assert from 'node:assert/strict';
import { HOUR_MS, hourOfDay } from '../../src/card/clock.js';
import { type Timeline, timelineOf } from '../../src/card/timeline.js';
import { lengthMs } from '../../src/night.js';

const ZONE = 'Europe/Berlin';
/** Noon of the first of November in Berlin. */
const NOON = Date.parse('2026-11-01T12:00:00+01:00');

function at(hours: number): number {
  return NOON + hours * HOUR_MS;
}

/** States and when they began, in hours after noon: the night begins 6 and ends 22 hours after it. */
function changes(...states: [hours: number, s: string][]): { s: string; lu: number }[] {
  return states.map(([hours, s]) => ({ s, lu: at(hours) / 1000 }));
}

/** What the card shows of the night, so many hours after noon. */
function nightOf(told: Partial<Parameters<typeof timelineOf>[0]>, now: number): Timeline {
  return timelineOf({ crying: [], intensity: [], health: [], ...told }, at(now), ZONE);
}

describe("The card's clock", () => {
  it('reads the time of day in a time zone', () => {
    assert.equal(hourOfDay(Date.parse('2026-11-01T18:45:00Z'), 'Asia/Kolkata'), 0.25);
  });
});

describe("The card's timeline", () => {
  it('shows each cry with the strongest that was heard in it', () => {
    const { cries, gaps } = nightOf(
      {
        crying: changes([-2, 'off'], [9, 'on'], [9.1, 'off'], [11, 'on'], [11.5, 'off'], [14, 'on']),
        // Told a moment after the cry that it belongs to, and a cry may grow.
        intensity: changes(
          [8, 'scream'],
          [9.00001, 'fuss'],
          [11.00001, 'cry'],
          [11.2, 'scream'],
          [11.3, 'cry'],
          [12, 'fuss'],
        ),
      },
      14.5,
    );
    assert.deepEqual(cries, [
      { from: at(9), to: at(9.1), intensity: 'fuss' },
      { from: at(11), to: at(11.5), intensity: 'scream' },
      { from: at(14), to: at(14.5), intensity: 'fuss' },
    ]);
    const begun = nightOf(
      { crying: changes([0, 'off'], [9, 'on']), intensity: changes([8, 'scream'], [9.00001, 'fuss']) },
      9.0001,
    );
    assert.equal(begun.cries[0].intensity, 'fuss');
    assert.equal(lengthMs(...cries), Math.round(1.1 * HOUR_MS));
    assert.deepEqual(gaps, []);
  });

  it('takes a cry without intensity for an ordinary one, and keeps the shortest', () => {
    const { cries } = nightOf({ crying: changes([0, 'off'], [9, 'on'], [9.0001, 'off']) }, 10);
    assert.deepEqual(cries, [{ from: at(9), to: at(9.0001), intensity: 'cry' }]);
  });

  it('cuts off a cry that began before the night, or ended after it', () => {
    const crying = changes([5.9, 'on'], [6.5, 'off'], [21.9, 'on'], [22.5, 'off']);
    assert.deepEqual(nightOf({ crying }, 23).cries, [
      { from: at(6), to: at(6.5), intensity: 'cry' },
      { from: at(21.9), to: at(22), intensity: 'cry' },
    ]);
  });

  it("leaves out the day's cries", () => {
    const crying = changes([0, 'off'], [3, 'on'], [3.2, 'off']);
    assert.deepEqual(nightOf({ crying }, 8).cries, []);
  });

  it('shows when nothing could be heard, and what is not known', () => {
    const crying = changes(
      [7, 'off'],
      [9, 'unavailable'],
      [10, 'off'],
      [11, 'unknown'],
      [11.5, 'off'],
      [11.51, 'unknown'],
      [11.52, 'off'],
    );
    assert.deepEqual(
      nightOf({ crying }, 12).gaps.map(({ from, to }) => [from, to]),
      [
        [at(6), at(7)],
        [at(9), at(10)],
        [at(11), at(11.5)],
      ],
    );
    assert.deepEqual(nightOf({}, 12).gaps, [{ from: at(6), to: at(12) }]);
  });

  it('shows when the microphone was muted, though there was no cry', () => {
    const health = changes([0, 'running'], [8, 'silent'], [9, 'running']);
    const { gaps } = nightOf({ crying: changes([0, 'off'], [10, 'unavailable'], [11, 'off']), health }, 12);
    assert.deepEqual(
      gaps.map(({ from, to }) => [from, to]),
      [
        [at(8), at(9)],
        [at(10), at(11)],
      ],
    );
  });

  it('counts a state that is told twice once', () => {
    const { cries } = nightOf({ crying: changes([0, 'off'], [9, 'on'], [9.5, 'on'], [10, 'off']) }, 11);
    assert.deepEqual(cries, [{ from: at(9), to: at(10), intensity: 'cry' }]);
  });

  it('is the night that is running, or by day the one that ended that morning', () => {
    const span = (now: number): number[] => {
      const { from, to, until } = nightOf({ crying: changes([0, 'off']) }, now);
      return [from, to, until].map(time => (time - NOON) / HOUR_MS);
    };
    assert.deepEqual(span(15), [6, 22, 15]);
    assert.deepEqual(span(24), [6, 22, 22]);
    assert.deepEqual(span(29.9), [6, 22, 22]);
    assert.deepEqual(span(30), [30, 46, 30]);
  });

  it('writes every third hour of the day below it', () => {
    const { hours } = nightOf({}, 15);
    assert.deepEqual(
      hours.map(hour => hourOfDay(hour, ZONE)),
      [18, 21, 0, 3, 6, 9],
    );
  });
});
