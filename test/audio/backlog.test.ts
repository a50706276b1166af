import assert from 'node:assert/strict';
import { Backlog } from '../../src/audio/backlog.js';

describe('Backlog', () => {
  const running = new AbortController().signal;
  let backlog: Backlog;
  beforeEach(() => {
    backlog = new Backlog();
  });

  it('is empty as long as nobody works', async () => {
    await backlog.whenEmpty(running);
  });

  it('is empty when all have done their work, however it ended', async () => {
    const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
    for (let i = 0; i < 2; i++)
      backlog.add(
        new Promise<void>((resolve, reject) => {
          ends.push({ resolve, reject });
        }),
      );
    let isEmpty = false;
    const empty = backlog.whenEmpty(running).then(() => (isEmpty = true));
    ends[0].reject(new Error('broken'));
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(isEmpty, false);
    ends[1].resolve();
    await empty;
    await backlog.whenEmpty(running);
  });

  it('lets a sender go that is stopped', async () => {
    const stopping = new AbortController();
    backlog.add(new Promise(() => undefined));
    const empty = backlog.whenEmpty(stopping.signal);
    stopping.abort();
    await assert.rejects(empty, { name: 'AbortError' });
    await assert.rejects(backlog.whenEmpty(stopping.signal), { name: 'AbortError' });
  });
});
