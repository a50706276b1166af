import assert from 'node:assert/strict';
import { areIdsOf, chooseId, readIds } from '../../../nodes/editor/id-list.js';

describe('a list of ids in a field', () => {
  it('is read with commas or spaces between them', () => {
    assert.deepEqual(readIds(' light.a, light.b light.c,'), ['light.a', 'light.b', 'light.c']);
    assert.deepEqual(readIds('  '), []);
  });

  it('keeps the order in which they were chosen', () => {
    assert.equal(chooseId('', 'light.b', true), 'light.b');
    assert.equal(chooseId('light.b', 'light.a', true), 'light.b, light.a');
    assert.equal(chooseId('light.b light.a', 'light.b', true), 'light.a, light.b');
    assert.equal(chooseId('light.b, light.a', 'light.b', false), 'light.a');
    assert.equal(chooseId('light.b', 'light.a', false), 'light.b');
  });

  it('holds ids of one domain', () => {
    assert.ok(areIdsOf('light', 'light.a, light.b_2'));
    assert.ok(areIdsOf('light', ''));
    for (const text of ['switch.a', 'light.a, b', 'light.', 'light.a;light.b', 'xlight.a'])
      assert.ok(!areIdsOf('light', text), text);
  });
});
