import assert from 'node:assert/strict';
import { isLikeAudioChunk, readAudioChunk } from '../../src/door/audio-chunk.js';
import { DeepInfantError } from '../../src/errors.js';
import { SAMPLE_RATE } from '../../src/values.js';

const GOOD = {
  samples: new Float32Array(SAMPLE_RATE),
  firstSample: 16000,
  at: 1000,
  source: 'cot',
  lost: 0,
};

describe('readAudioChunk', () => {
  it('gives a chunk with the same samples and without what it does not know', () => {
    const chunk = readAudioChunk({ ...GOOD, room: 'attic' });
    assert.deepEqual(chunk, GOOD);
    assert.equal(chunk.samples, GOOD.samples);
  });

  it('takes a chunk that does not say what was lost', () => {
    assert.equal(readAudioChunk({ ...GOOD, lost: undefined }).lost, 0);
  });

  it('is not meant for other values', () => {
    for (const value of [undefined, null, 7, 'night.wav', Buffer.from('RIFF'), { volume: 7 }, []])
      assert.equal(isLikeAudioChunk(value), false);
  });

  const nextWeek = Date.now() + 7 * 86_400_000;
  const aTime = 'a time in ms since 1970, after 2014 and at most a day ahead';
  const faults: [field: string, value: unknown, message: string][] = [
    ['samples', [0, 1], 'samples is a list of 2; expected a Float32Array.'],
    ['samples', new Float64Array(9), 'samples is of type object; expected a Float32Array.'],
    ['samples', new Float32Array(0), 'samples is of type object; expected at least one sample.'],
    [
      'samples',
      new Float32Array(61 * SAMPLE_RATE),
      'samples is of type object; expected at most 60 s of audio.',
    ],
    ['samples', Float32Array.of(0, NaN), 'samples is of type object; expected finite amplitudes.'],
    ['firstSample', 16000.5, 'firstSample is 16000.5; expected a whole number.'],
    ['firstSample', -1, 'firstSample is -1; expected at least 0.'],
    ['firstSample', 1e300, 'firstSample is 1e+300; expected a whole number.'],
    ['firstSample', '16000', "firstSample is '16000'; expected a number."],
    ['at', NaN, 'at is NaN; expected a number.'],
    ['at', -1, `at is -1; expected ${aTime}.`],
    ['at', nextWeek, `at is ${nextWeek}; expected ${aTime}.`],
    ['source', '', 'source is empty; expected something.'],
    ['source', 'x'.repeat(5000), `source is '${'x'.repeat(60)}…'; expected a length of at most 200.`],
    ['lost', 0.5, 'lost is 0.5; expected a whole number.'],
  ];
  for (const [field, value, message] of faults) {
    it(`refuses ${message.replace(/;.*/, '')}`, () => {
      assert.throws(
        () => readAudioChunk({ ...GOOD, [field]: value }),
        (error: unknown) => {
          assert.ok(error instanceof DeepInfantError && error.code === 'invalid');
          assert.equal(error.message, `audio chunk: ${message}`);
          return true;
        },
      );
    });
  }
});
