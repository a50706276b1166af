import assert from 'node:assert/strict';
import { ChunkQueue } from '../../src/audio/chunk-queue.js';
import { type AudioChunk, SAMPLE_RATE } from '../../src/values.js';

function second(index: number, lost = 0): AudioChunk {
  const firstSample = index * SAMPLE_RATE;
  return { samples: new Float32Array(SAMPLE_RATE), firstSample, at: 1000 * index, source: 'cot', lost };
}

describe('ChunkQueue', () => {
  let queue: ChunkQueue;
  beforeEach(() => {
    queue = new ChunkQueue();
  });

  it('gives chunks in their order, as they are', () => {
    const chunks = Array.from({ length: 30 }, (_, index) => second(index));
    for (const chunk of chunks) queue.push(chunk);
    assert.equal(queue.droppedSamples, 0);
    for (const chunk of chunks) assert.equal(queue.shift(), chunk);
    assert.equal(queue.shift(), undefined);
  });

  it('drops the oldest when more than 30 s wait, and counts them as lost before the next', () => {
    for (let index = 0; index < 50; index++) queue.push(second(index, index === 3 ? 7 : 0));
    assert.equal(queue.droppedSamples, 20 * SAMPLE_RATE);
    const { firstSample, at, lost } = queue.shift()!;
    assert.deepEqual([firstSample, at, lost], [20 * SAMPLE_RATE, 20_000, 20 * SAMPLE_RATE + 7]);
    assert.equal(queue.shift()!.lost, 0);
    assert.equal(queue.droppedSamples, 20 * SAMPLE_RATE, 'it is still behind');
    for (let index = 22; index < 50; index++) queue.shift();
    assert.equal(queue.droppedSamples, 0, 'it has caught up');
  });

  it('keeps a chunk that is longer than what may wait', () => {
    const long = { ...second(0), samples: new Float32Array(40 * SAMPLE_RATE) };
    queue.push(long);
    assert.equal(queue.shift(), long);
  });

  it('forgets what it is cleared of', () => {
    for (let index = 0; index < 50; index++) queue.push(second(index));
    queue.clear();
    assert.equal(queue.droppedSamples, 0);
    assert.equal(queue.shift(), undefined);
    const chunks = Array.from({ length: 30 }, (_, index) => second(index));
    for (const chunk of chunks) queue.push(chunk);
    assert.equal(queue.shift(), chunks[0]);
  });
});
