import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { runInSlices } from '../src/slices.js';

describe('runInSlices', () => {
  function* work(pieces: number, pieceMs: number, onPiece: () => void): Generator<void, number> {
    for (let piece = 0; piece < pieces; piece++) {
      const end = performance.now() + pieceMs;
      while (performance.now() < end);
      onPiece();
      yield;
    }
    return pieces;
  }

  it('returns what the work returns, and throws what it throws', async () => {
    assert.equal(await runInSlices(work(3, 0, () => undefined)), 3);
    const fails = work(3, 0, () => {
      throw new Error('broken');
    });
    await assert.rejects(runInSlices(fails), { message: 'broken' });
    assert.equal(await runInSlices(work(1, 0, () => undefined)), 1, 'the next work is done all the same');
  });

  it('leaves the event loop free while long work goes on', async () => {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await Promise.all([1, 2].map(() => runInSlices(work(300, 0.5, () => undefined))));
    delay.disable();
    assert.ok(delay.count > 50, `${delay.count} turns in 300 ms`);
    assert.ok(delay.percentile(90) / 1e6 < 10, `${delay.percentile(90) / 1e6} ms`);
  });

  it('does a short work while a long one goes on', async () => {
    const order: string[] = [];
    const long = runInSlices(work(100, 0.2, () => undefined)).then(() => order.push('long'));
    const short = runInSlices(work(2, 0.2, () => undefined)).then(() => order.push('short'));
    await Promise.all([long, short]);
    assert.deepEqual(order, ['short', 'long']);
  });
});
