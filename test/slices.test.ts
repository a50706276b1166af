import assert from 'node:assert/strict';
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
    let isOver = false;
    const pieces = [0];
    const turn = (): void => {
      pieces.push(0);
      if (!isOver) setImmediate(turn);
    };
    turn();
    const countPiece = (): void => {
      pieces[pieces.length - 1]++;
    };
    await Promise.all([1, 2].map(() => runInSlices(work(300, 0.5, countPiece))));
    isOver = true;
    // A slice is over after the piece that ends 2 ms after its beginning: on a busy machine after fewer.
    assert.ok(Math.max(...pieces) <= 5, `${Math.max(...pieces)} pieces between two turns of the event loop`);
  });

  it('does a short work while a long one goes on', async () => {
    const order: string[] = [];
    const long = runInSlices(work(100, 0.2, () => undefined)).then(() => order.push('long'));
    const short = runInSlices(work(2, 0.2, () => undefined)).then(() => order.push('short'));
    await Promise.all([long, short]);
    assert.deepEqual(order, ['short', 'long']);
  });
});
