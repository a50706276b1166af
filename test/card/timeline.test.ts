import assert from 'node:assert/strict';
import { HOUR_MS, hourOfDay } from '../../src/card/clock.js';
import {
  type Cry,
  countedCries,
  type NightNews,
  type Timeline,
  timelineOf,
} from '../../src/card/timeline.js';
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
function nightOf(told: Partial<NightNews>, now: number): Timeline {
  return timelineOf({ counted: undefined, crying: [], health: [], ...told }, at(now), ZONE);
}

/** A cry that the device counts, in hours after noon. */
function cry(from: number, to: number, intensity: Cry['intensity'] = 'cry'): Cry {
  return { from: at(from), to: at(to), intensity };
}

describe("The card's clock", () => {
  it('reads the time of day in a time zone', () => {
    assert.equal(hourOfDay(Date.parse('2026-11-01T18:45:00Z'), 'Asia/Kolkata'), 0.25);
  });
});

describe("The card's timeline", () => {
  it('shows the cries that the device counts, however often its sensor was interrupted, and the one that goes on', () => {
    const crying = changes(
      [-2, 'off'],
      [9, 'on'],
      [9.05, 'unavailable'],
      [9.06, 'on'],
      // So long after the last sound.
      [9.11, 'off'],
      [14, 'on'],
    );
    const counted = [cry(9, 9.1, 'scream')];
    const night = nightOf({ counted, crying, running: { from: at(14), intensity: 'fuss' } }, 14.5);
    assert.deepEqual(night.cries, [cry(9, 9.1, 'scream'), cry(14, 14.5, 'fuss')]);
    assert.equal(lengthMs(...night.cries), Math.round(0.6 * HOUR_MS));
    assert.deepEqual([night.isCounted, night.gaps], [true, []]);
  });

  it("reads them from the count's attribute", () => {
    const told = [
      { at: new Date(at(9)).toISOString(), duration_s: 18.2, intensity: 'fuss' },
      { at: new Date(at(10)).toISOString(), duration_s: 60 },
    ];
    assert.deepEqual(countedCries(told), [
      { from: at(9), to: at(9) + 18_200, intensity: 'fuss' },
      { from: at(10), to: at(10) + 60_000, intensity: 'cry' },
    ]);
    const odd = [null, 7, {}, { at: 'noon', duration_s: 3 }, { at: told[0].at, duration_s: -1 }];
    assert.deepEqual(countedCries(odd), []);
    const loud = { at: told[0].at, duration_s: 1, intensity: 'loud' };
    assert.deepEqual(countedCries([...odd, loud]), [{ from: at(9), to: at(9) + 1000, intensity: 'cry' }]);
    for (const none of [undefined, null, 'x']) assert.equal(countedCries(none), undefined);
  });

  it('shows when the sensor was on while the device is away, and counts nothing', () => {
    const { cries, isCounted } = nightOf({ crying: changes([0, 'off'], [9, 'on'], [9.5, 'off']) }, 10);
    assert.deepEqual([cries, isCounted], [[cry(9, 9.5)], false]);
  });

  it('cuts off a cry that began before the night, or ended after it', () => {
    const counted = [cry(5.9, 6.5), cry(21.9, 22.5)];
    assert.deepEqual(nightOf({ counted }, 23).cries, [cry(6, 6.5), cry(21.9, 22)]);
  });

  it("leaves out the day's cries", () => {
    assert.deepEqual(nightOf({ counted: [cry(3, 3.2)] }, 8).cries, []);
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
      nightOf({ crying }, 12).gaps!.map(({ from, to }) => [from, to]),
      [
        [at(6), at(7)],
        [at(9), at(10)],
        [at(11), at(11.5)],
      ],
    );
    assert.equal(nightOf({}, 12).gaps, undefined, 'where no history of crying is kept');
  });

  it('shows when the microphone was muted, though there was no cry', () => {
    const health = changes([0, 'running'], [8, 'silent'], [9, 'running']);
    const { gaps } = nightOf({ crying: changes([0, 'off'], [10, 'unavailable'], [11, 'off']), health }, 12);
    assert.deepEqual(
      gaps!.map(({ from, to }) => [from, to]),
      [
        [at(8), at(9)],
        [at(10), at(11)],
      ],
    );
  });

  it('shows a night in which a recording was played as one in which nothing listened', () => {
    const crying = changes([0, 'off'], [9, 'unavailable'], [10, 'off']);
    const { gaps } = nightOf({ crying, counted: [], isPlayback: true }, 12);
    assert.deepEqual(gaps, [{ from: at(6), to: at(12) }]);
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
