import assert from 'node:assert/strict';
import { pathText, systemPath } from '../../src/files/path-text.js';

describe('pathText', () => {
  const paths = [
    'plain.wav',
    '\u00fc\u{1f476}/\u4e2d',
    'caf\xe9',
    '\xff\xfe',
    '\xc3',
    '\xed\xa0\x80',
    '\xf0\x9f\x91',
    '',
  ];

  it('keeps every byte', () => {
    for (const name of paths)
      for (const bytes of [Buffer.from(name), Buffer.from(name, 'latin1')])
        assert.deepEqual(Buffer.from(systemPath(pathText(bytes))), bytes);
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    assert.deepEqual(Buffer.from(systemPath(pathText(every))), every);
  });

  it('leaves what is UTF-8 as it is', () => {
    for (const name of ['plain.wav', '\u00fc\u{1f476}/\u4e2d', '']) {
      assert.equal(pathText(Buffer.from(name)), name);
      assert.equal(systemPath(name), name);
    }
  });
});
