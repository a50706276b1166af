import assert from 'node:assert/strict';
import { Troubles } from '../src/troubles.js';

describe('Troubles', () => {
  it('reports a trouble once until it is mended', () => {
    const reported: unknown[] = [];
    const troubles = new Troubles(error => reported.push(String(error)));
    troubles.raise('phone', 'away');
    troubles.raise('phone', 'away');
    troubles.raise('lamp', 'away');
    troubles.raise('phone', 'refused');
    troubles.mend('phone');
    troubles.raise('phone', 'refused');
    assert.deepEqual(reported, ['away', 'away', 'refused', 'refused']);
  });
});
