import assert from 'node:assert/strict';
import { nightAt } from '../src/night.js';

/** By the local clock, in November 2026, when no clock changes. */
function at(day: number, hour: number, minute = 0): number {
  return new Date(2026, 10, day, hour, minute).getTime();
}

describe('nightAt', () => {
  const night = { from: at(28, 18), to: at(29, 10) };
  const times: [name: string, time: number][] = [
    ['its first minute', at(28, 18)],
    ['before midnight', at(28, 23, 59)],
    ['after midnight', at(29, 3)],
    ['the day after it', at(29, 15)],
    ['the last minute before the next night', at(29, 17, 59)],
  ];
  for (const [name, time] of times)
    it(`is the same at ${name}`, () => {
      assert.deepEqual(nightAt(time), night);
    });

  it('is the next one from six in the evening on', () => {
    assert.equal(nightAt(at(29, 18)).from, at(29, 18));
  });

  it('is by the clock of a time zone, also where the clocks change', () => {
    // Back to winter in the night to the 25th of October, and to summer in that to the 28th of March.
    for (const [time, from, to] of [
      ['2026-11-29T03:00:00+05:30', '2026-11-28T18:00:00+05:30', '2026-11-29T10:00:00+05:30'],
      ['2026-10-25T02:30:00+01:00', '2026-10-24T18:00:00+02:00', '2026-10-25T10:00:00+01:00'],
      ['2027-03-28T17:59:59.250+02:00', '2027-03-27T18:00:00+01:00', '2027-03-28T10:00:00+02:00'],
    ]) {
      const zone = time.endsWith('+05:30') ? 'Asia/Kolkata' : 'Europe/Berlin';
      assert.deepEqual(nightAt(Date.parse(time), zone), { from: Date.parse(from), to: Date.parse(to) });
    }
  });
});
