import assert from 'node:assert/strict';
import * as v from 'valibot';
import { check } from '../src/check.js';
import { DeepInfantError } from '../src/errors.js';

const SCHEMA = v.object({
  level: v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(1)),
  state: v.picklist(['started', 'ended']),
  time: v.optional(v.pipe(v.string(), v.maxLength(5), v.regex(/^\d\d:\d\d$/, 'a time such as 22:30'))),
  inner: v.optional(v.object({ samples: v.pipe(v.number(), v.integer()) })),
});
const GOOD = { level: 0.5, state: 'started' };

describe('check', () => {
  it('gives the value without unknown fields', () => {
    assert.deepEqual(check(SCHEMA, { ...GOOD, extra: 1 }, 'event'), GOOD);
  });

  it('leaves the prototype of objects alone', () => {
    const hostile: unknown = JSON.parse('{"level":0.5,"state":"started","__proto__":{"isAdmin":true}}');
    const value: object = check(SCHEMA, hostile, 'event');
    assert.equal('isAdmin' in value, false);
  });

  const faults: [name: string, value: unknown, message: string][] = [
    ['text for a number', { ...GOOD, level: '1' }, "event: level is '1'; expected a number."],
    ['NaN', { ...GOOD, level: NaN }, 'event: level is NaN; expected a number.'],
    ['infinity', { ...GOOD, level: Infinity }, 'event: level is Infinity; expected a finite number.'],
    ['too little', { ...GOOD, level: -1 }, 'event: level is -1; expected at least 0.'],
    ['too much', { ...GOOD, level: 2 }, 'event: level is 2; expected at most 1.'],
    [
      'an unknown word',
      { ...GOOD, state: 'soon' },
      "event: state is 'soon'; expected one of started, ended.",
    ],
    ['a format', { ...GOOD, time: '7' }, "event: time is '7'; expected a time such as 22:30."],
    [
      'a long text',
      { ...GOOD, time: 'x'.repeat(99) },
      `event: time is '${'x'.repeat(60)}…'; expected a length of at most 5.`,
    ],
    [
      'a part of a sample',
      { ...GOOD, inner: { samples: 0.5 } },
      'event: inner.samples is 0.5; expected a whole number.',
    ],
    ['a missing field', { level: 0 }, 'event: state is missing; expected a value.'],
    ['null', null, 'event is null; expected an object.'],
    ['a number for an object', { ...GOOD, inner: 5 }, 'event: inner is 5; expected an object.'],
  ];
  for (const [name, value, message] of faults)
    it(`names field, value and expectation: ${name}`, () => {
      assert.throws(
        () => check(SCHEMA, value, 'event'),
        (error: unknown) =>
          error instanceof DeepInfantError && error.code === 'invalid' && error.message === message,
      );
    });
});
