import assert from 'node:assert/strict';
import { wants } from '../src/hass/notify/cry-filter.js';
import { dayAt, hasPassed, timeText } from '../src/journal/calendar.js';
import { dateText, periodName } from '../src/journal/sentences.js';
import { nightAt } from '../src/night.js';
import { readCommand } from '../src/baby/commands.js';
import { readQuestion } from '../src/journal/reply.js';
import { hourAt, parseTime, setHomeZone, wallClockAt } from '../src/wall-clock.js';

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

  it('is that of times and days that name none', () => {
    const now = Date.parse('2026-11-29T20:00:00Z');
    const feedAt = (payload: string): number => {
      const command = readCommand({ topic: 'feed', payload }, now);
      assert(command.do === 'add-fact');
      return command.fact.at;
    };
    setHomeZone('America/Los_Angeles');
    const noon = Date.parse('2026-11-29T20:00:00Z');
    assert.deepEqual(readQuestion({ topic: 'day', payload: '2026-11-29' }, now), { ask: 'day', at: noon });
    for (const text of ['2026-11-29T12:00', '2026-11-29 12:00', '2026-11-29T12:00:00.000'])
      assert.equal(feedAt(text), noon, text);
    assert.equal(feedAt('2026-11-29'), noon - 12 * 3_600_000);
    for (const text of ['2026-11-29T20:00Z', '2026-11-29T21:00+01:00', '2026-11-29T15:00-0500'])
      assert.equal(feedAt(text), noon, text);
  });

  it('takes a time that comes twice for the first one, and one that is skipped for as much later', () => {
    for (const zone of ['Europe/Berlin', undefined]) {
      if (zone === undefined) process.env.TZ = 'Europe/Berlin';
      setHomeZone(zone);
      assert.equal(parseTime('2026-10-25T02:30'), Date.parse('2026-10-25T02:30+02:00'));
      assert.equal(parseTime('2026-10-25T03:30'), Date.parse('2026-10-25T03:30+01:00'));
      assert.equal(parseTime('2026-03-29T02:30'), Date.parse('2026-03-29T03:30+02:00'));
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
