import assert from 'node:assert/strict';
import { type CryFilter, wants } from '../../../src/hass/notify/cry-filter.js';
import type { CryEvent, ReasonEstimate } from '../../../src/values.js';
import { cryAt } from '../../reason/cries.js';

const ALL: CryFilter = { reasons: [], minConfidence: 0, minDurationS: 0, minIntensity: 'fuss' };
const NOON = new Date(2026, 0, 15, 12, 0).getTime();

describe('wants', () => {
  const cry: CryEvent = {
    ...cryAt(0),
    durationS: 10,
    intensity: 'cry',
    reason: { label: 'hungry', confidence: 0.62 } as ReasonEstimate,
  };
  const isWanted = (filter: Partial<CryFilter>, at = NOON, what = cry): boolean =>
    wants({ ...ALL, ...filter }, what, at);

  it('wants all when nothing is set', () => {
    assert(isWanted({}));
    assert(isWanted({}, NOON, { ...cry, reason: undefined }));
  });

  it('filters by reason, confidence, duration and intensity', () => {
    assert(
      isWanted({ reasons: ['tired', 'hungry'], minConfidence: 0.62, minDurationS: 10, minIntensity: 'cry' }),
    );
    assert(!isWanted({ reasons: ['tired'] }));
    assert(!isWanted({ minConfidence: 0.63 }));
    assert(!isWanted({ minDurationS: 11 }));
    assert(!isWanted({ minIntensity: 'scream' }));
  });

  it('takes a cry without an estimate for unsure', () => {
    assert(isWanted({ reasons: ['unsure'] }, NOON, { ...cry, reason: undefined }));
    assert(!isWanted({ reasons: ['hungry'] }, NOON, { ...cry, reason: undefined }));
  });

  it('is quiet within hours of the day, also over midnight', () => {
    const at = (hours: number, minutes: number): number => new Date(2026, 0, 15, hours, minutes).getTime();
    const day = { quiet: { from: '09:00', to: '17:30' } };
    assert(isWanted(day, at(8, 59)));
    assert(!isWanted(day, at(9, 0)));
    assert(!isWanted(day, at(17, 29)));
    assert(isWanted(day, at(17, 30)));
    const night = { quiet: { from: '22:00', to: '06:00' } };
    assert(isWanted(night, at(21, 59)));
    assert(!isWanted(night, at(22, 0)));
    assert(!isWanted(night, at(5, 59)));
    assert(isWanted(night, at(6, 0)));
    assert(isWanted({ quiet: { from: '07:00', to: '07:00' } }, at(7, 0)));
  });
});
