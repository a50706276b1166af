import assert from 'node:assert/strict';
import { countWaiting, roomFor } from '../../nodes/backlog.js';
import { SAMPLE_RATE } from '../../src/values.js';

describe('backlog', () => {
  it('lets a source go on as long as little of it waits', async () => {
    countWaiting('quick', 2 * SAMPLE_RATE);
    await roomFor('quick', new AbortController().signal);
    countWaiting('quick', -2 * SAMPLE_RATE);
  });

  it('holds a source until its detectors have caught up', async () => {
    let isHeld = true;
    countWaiting('slow', 20 * SAMPLE_RATE);
    const room = roomFor('slow', new AbortController().signal).then(() => (isHeld = false));
    await new Promise(resolve => setTimeout(resolve, 30));
    assert(isHeld);
    countWaiting('slow', -15 * SAMPLE_RATE);
    await room;
    countWaiting('slow', -5 * SAMPLE_RATE);
  });

  it('lets a source go that is stopped', async () => {
    const stopping = new AbortController();
    countWaiting('stopped', 20 * SAMPLE_RATE);
    const room = roomFor('stopped', stopping.signal);
    stopping.abort();
    await assert.rejects(room, { name: 'AbortError' });
    countWaiting('stopped', -20 * SAMPLE_RATE);
  });
});
