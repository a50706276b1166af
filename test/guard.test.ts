import assert from 'node:assert/strict';
import { once } from 'node:events';
import { guard } from '../src/guard.js';

describe('guard', () => {
  const failing: [name: string, work: () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ];
  for (const [name, work] of failing)
    it(`reports what ${name}, and lets the caller go on`, async () => {
      const error = await new Promise(resolve => {
        setTimeout(guard(work, resolve), 0);
      });
      assert.equal((error as Error).message, 'broken');
    });

  it('passes arguments on, and reports nothing where nothing fails', () => {
    const calls: unknown[] = [];
    guard(
      (...args: number[]) => calls.push(args),
      error => calls.push(error),
    )(1, 2);
    assert.deepEqual(calls, [[1, 2]]);
  });

  it('warns where nobody else takes the error', async () => {
    const warned = once(process, 'warning') as Promise<[Error]>;
    guard(() => {
      throw new Error('broken');
    })();
    assert.equal((await warned)[0].message, 'broken');
  });
});
