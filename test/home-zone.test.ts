import assert from 'node:assert/strict';
import { wants } from '../src/hass/notify/cry-filter.js';
import { dayAt, hasPassed, timeText } from '../src/journal/calendar.js';
import { dateText, periodName } from '../src/journal/sentences.js';
import { nightAt } from '../src/night.js';
import { hourAt, setHomeZone, wallClockAt } from '../src/wall-clock.js';

describe('the home zone', () => {
  const { TZ: zone } = process.env;
  beforeEach(() => {
    // A container.
    process.env.TZ = 'UTC';
  });
  afterEach(() => {
    setHomeZone(undefined);
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('decides what time it is, not the zone of the process', () => {
    assert.equal(setHomeZone('America/Los_Angeles'), true);
    const time = Date.parse('2026-11-29T00:02:00Z');
    assert.equal(timeText(time), '16:02');
    assert.equal(dateText(time), 'Sat 28 Nov');
    assert.equal(Math.floor(hourAt(time)), 16);
    const day = { from: Date.parse('2026-11-28T08:00:00Z'), to: Date.parse('2026-11-29T08:00:00Z') };
    assert.deepEqual(dayAt(time), day);
    assert.deepEqual(dayAt(time, 1), { from: day.to, to: Date.parse('2026-11-30T08:00:00Z') });
    const evening = Date.parse('2026-11-29T02:00:00Z');
    assert.equal(nightAt(evening).from, evening);
    assert.equal(periodName(nightAt(evening)), 'Night of 28–29 Nov');
    assert.equal(hasPassed('16:02', time - 1, time), true);
    assert.equal(hasPassed('00:02', time - 1, time), false);
  });

  it('decides when quiet hours are', () => {
    const filter = {
      reasons: [],
      minConfidence: 0,
      minDurationS: 0,
      minIntensity: 'fuss',
      quiet: { from: '22:00', to: '06:00' },
    } as const;
    const cry = { durationS: 9, intensity: 'cry' } as const;
    const night = Date.parse('2026-11-29T07:00:00Z');
    assert.equal(wants(filter, cry, night), true);
    setHomeZone('America/Los_Angeles');
    assert.equal(wants(filter, cry, night), false);
  });

  it('has days of 23 and 25 hours where the clocks change', () => {
    setHomeZone('Europe/Berlin');
    for (const [noon, hours] of [
      ['2026-10-25T12:00:00+01:00', 25],
      ['2027-03-28T12:00:00+02:00', 23],
    ] as const) {
      const { from, to } = dayAt(Date.parse(noon));
      assert.equal((to - from) / 3_600_000, hours);
      assert.equal(timeText(from), '00:00');
    }
  });

  it('is no other than that of the process where both clocks show the same', () => {
    assert.equal(setHomeZone('Africa/Abidjan'), false);
    process.env.TZ = 'Europe/Amsterdam';
    assert.equal(setHomeZone('Europe/Berlin'), false);
    // The same in winter alone.
    process.env.TZ = 'Europe/London';
    assert.equal(setHomeZone('Africa/Abidjan'), true);
  });

  it('stays as it was for a name that no zone has', () => {
    assert.throws(() => setHomeZone('Europe/Atlantis'), RangeError);
    assert.equal(wallClockAt(1000), 1000);
  });
});
