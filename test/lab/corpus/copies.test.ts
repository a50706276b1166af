import assert from 'node:assert/strict';
import { joinCopies } from '../../../src/lab/corpus/copies.js';
import type { Recording } from '../../../src/lab/corpus/manifest.js';

describe('joinCopies', () => {
  /** Recordings named by position, of the given groups. */
  const of = (...groups: string[]): Recording[] =>
    groups.map((group, i) => ({
      file: `/corpus/${i}.wav`,
      path: `${i}.wav`,
      label: 'cry',
      sublabel: '',
      reason: '',
      source: '',
      group,
      licence: '',
      attribution: '',
    }));
  const join = (groups: string[], digests: string[]): { groups: string[]; copies: string[] } => {
    const { recordings, copies } = joinCopies(of(...groups), digests);
    return {
      groups: recordings.map(r => r.group),
      copies: copies.map(({ first, copy }) => `${first.path} ${first.group} = ${copy.path} ${copy.group}`),
    };
  };

  it('leaves a corpus without copies as it is', () => {
    assert.deepEqual(joinCopies(of('a', 'b', 'a'), ['x', 'y', 'z']), {
      recordings: of('a', 'b', 'a'),
      copies: [],
    });
  });

  it('tells a copy within a group', () => {
    assert.deepEqual(join(['a', 'b', 'a'], ['x', 'y', 'x']), {
      groups: ['a', 'b', 'a'],
      copies: ['0.wav a = 2.wav a'],
    });
  });

  it('joins whole groups, also those that only others connect', () => {
    // b = a by x, c = d by y, then d = b by z: all four are one; e stays.
    assert.deepEqual(
      join(['a', 'b', 'c', 'd', 'd', 'b', 'e', 'c'], ['x', 'x', 'y', 'y', 'z', 'z', 'u', 'v']),
      {
        groups: ['c', 'c', 'c', 'c', 'c', 'c', 'e', 'c'],
        copies: ['0.wav a = 1.wav b', '2.wav c = 3.wav d', '4.wav d = 5.wav b'],
      },
    );
  });
});
