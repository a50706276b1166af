import assert from 'node:assert/strict';
import { isPlausibleEpoch } from '../../src/door/fields.js';
import { readCryEvent } from '../../src/door/cry-event.js';
import { readSourceHealth } from '../../src/door/source-health.js';
import { DeepInfantError } from '../../src/errors.js';
import type { CryEvent } from '../../src/values.js';
import { HEALTH } from '../source-health.js';
import { HUNGRY } from './reasons.js';

const DAY_MS = 86_400_000;

function cryEvent(fields: object = {}): CryEvent & Record<string, unknown> {
  const now = Date.now();
  return {
    id: 'nursery@1',
    source: 'nursery',
    state: 'ended',
    onset: now - 20_000,
    offset: now,
    onsetS: 5,
    offsetS: 25,
    durationS: 20,
    peakScore: 0.9,
    meanScore: 0.8,
    intensity: 'cry',
    voice: { f0Hz: 450, roughness: 0.1, balanceDb: -3 },
    windows: [{ startS: 5, score: 0.9 }],
    embedding: Float32Array.of(1, 2),
    reason: HUNGRY,
    ...fields,
  };
}

const WHO = { label: 'Mia', learnedFrom: 1, accuracy: null, baselineAccuracy: null };

function manyBabies(): Record<string, number> {
  return Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`baby ${i}`, 0.01]));
}

describe('readCryEvent', () => {
  it('gives an event as the nodes send it', () => {
    const event = cryEvent();
    assert.deepEqual(readCryEvent(event), event);
  });

  it('takes an embedding as a list of numbers', () => {
    const event = cryEvent();
    const asJson = JSON.stringify({ ...event, embedding: [1, 2] });
    assert.deepEqual(readCryEvent(JSON.parse(asJson)), event);
  });

  it('takes an event that came as JSON, without its embedding', () => {
    const { embedding, ...rest } = readCryEvent(JSON.parse(JSON.stringify(cryEvent())));
    assert.equal(embedding.length, 0);
    assert.equal(rest.reason?.label, 'hungry');
  });

  it('takes an event of a recording whose time is unknown', () => {
    assert.equal(readCryEvent(cryEvent({ onset: 5000, offset: 25_000 })).onset, 5000);
  });

  it('drops unknown fields, and leaves prototypes alone', () => {
    const event: object = readCryEvent({ ...cryEvent(), extra: 1, constructor: 5 });
    assert.equal('extra' in event, false);
    const hostile = JSON.stringify(cryEvent()).replace('{', '{"__proto__":{"isAdmin":true},');
    const read: object = readCryEvent(JSON.parse(hostile));
    assert.equal('isAdmin' in read, false);
  });

  const faults: [name: string, fields: object, field: string][] = [
    ['null', { reason: null }, 'reason'],
    ['a state nobody knows', { state: 'paused' }, 'state'],
    ['nanoseconds', { onset: Date.now() * 1e6 }, 'onset'],
    ['seconds', { onset: Date.now() / 1000 + 1e9 * 60 }, 'onset'],
    ['a day and more ahead', { onset: Date.now() + 2 * DAY_MS, offset: undefined }, 'onset'],
    ['text for a time', { offset: 'soon' }, 'offset'],
    ['true for a time', { offset: true }, 'offset'],
    ['infinity', { offset: Infinity }, 'offset'],
    ['a duration of millennia', { durationS: 1e12 }, 'durationS'],
    ['NaN', { durationS: NaN }, 'durationS'],
    ['an intensity nobody knows', { intensity: '"><script>' }, 'intensity'],
    ['a score over 1', { peakScore: 1.5 }, 'peakScore'],
    ['an id without end', { id: 'x'.repeat(5000) }, 'id'],
    ['no id', { id: '' }, 'id'],
    [
      'a reason without probabilities',
      { reason: { ...HUNGRY, probabilities: undefined } },
      'reason.probabilities',
    ],
    ['a list for a voice', { voice: 5 }, 'voice'],
    ['windows without end', { windows: Array(20_000).fill({ startS: 0, score: 0 }) }, 'windows'],
    ['an embedding with NaN', { embedding: Float32Array.of(NaN) }, 'embedding'],
    ['an embedding of words', { embedding: ['a'] }, 'embedding'],
    ['a long embedding', { embedding: new Array(5000).fill(0) }, 'embedding'],
    ['many babies', { who: { ...WHO, probabilities: manyBabies() } }, 'who.probabilities'],
  ];
  for (const [what, fields, field] of faults)
    it(`names the field that is wrong: ${what}`, () => {
      assert.throws(
        () => readCryEvent(cryEvent(fields)),
        (error: unknown) =>
          error instanceof DeepInfantError &&
          error.code === 'invalid' &&
          error.message.startsWith(`cry event: ${field} is `),
      );
    });

  it('refuses an end before the beginning', () => {
    assert.throws(() => readCryEvent(cryEvent({ offset: Date.now() - 60_000 })), DeepInfantError);
  });
});

describe('isPlausibleEpoch', () => {
  const now = Date.UTC(2026, 10, 29);
  const times: [name: string, time: number, now: number, isPlausible: boolean][] = [
    ['now', now, now, true],
    ['an hour ahead', now + DAY_MS / 24, now, true],
    ['two days ahead', now + 2 * DAY_MS, now, false],
    ['2014', Date.UTC(2014, 11, 31), now, false],
    ['in seconds', now / 1000, now, false],
    ['now, by a clock that was not set yet', 5000, 60_000, true],
  ];
  for (const [name, time, clock, isPlausible] of times)
    it(`${isPlausible ? 'takes' : 'refuses'} ${name}`, () => {
      assert.equal(isPlausibleEpoch(time, clock), isPlausible);
    });
});

describe('readSourceHealth', () => {
  const health = {
    ...HEALTH,
    format: { codec: 'aac', sampleRate: 8000, channels: 1 },
  };

  it('gives a health as the audio node sends it', () => {
    assert.deepEqual(readSourceHealth(health), health);
  });

  it('names the field that is wrong', () => {
    for (const [field, value] of [
      ['state', 'fine'],
      ['restarts', 0.5],
      ['levelDb', 'loud'],
      ['trouble', 'bored'],
      ['error', 'x'.repeat(5000)],
    ] as const)
      assert.throws(
        () => readSourceHealth({ ...health, [field]: value }),
        new RegExp(`source status: ${field} is `),
      );
  });
});
