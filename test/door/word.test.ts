import assert from 'node:assert/strict';
import { findWord } from '../../src/door/word.js';

describe('findWord', () => {
  const words = ['hungry', 'belly pain'] as const;

  it('finds what is meant', () => {
    for (const said of ['belly pain', 'Belly Pain', ' BELLY_PAIN ', 'belly-pain', 'belly  pain'])
      assert.equal(findWord(words, said), 'belly pain', said);
  });

  it('finds nothing else', () => {
    for (const said of ['', 'hungr', 'hungry!', undefined, null, 3, {}, ['hungry'], 'hungry'.padEnd(1e6)])
      assert.equal(findWord(words, said), undefined);
  });
});
