import assert from 'node:assert/strict';
import { RunningCries } from '../../src/hass/running-cries.js';
import { cryAt } from '../reason/cries.js';

describe('running cries', () => {
  it('are no more than there can be: those without an event for longest are given up', () => {
    const lost: string[] = [];
    const cries = new RunningCries(({ id }) => lost.push(id));
    for (let i = 0; i < 1000; i++) {
      cries.push(cryAt(i));
      cries.push(cryAt(0));
    }
    assert.equal(lost.length, 950);
    assert.equal(lost[0], cryAt(1).id);
    assert(cries.has(cryAt(0).id));
    cries.clear();
  });
});
