import assert from 'node:assert/strict';
import { needTools } from '../tools.js';
import { MemoryTrend } from './memory-trend.js';
import { hearNursery } from './nursery.js';
import { restartCaptures } from './restarts.js';

const { signal } = new AbortController();

describe('the soak', function () {
  this.timeout(120_000);
  before(function () {
    needTools(this, 'ffmpeg');
  });

  it('hears minutes of nursery, finds each cry, and loses nothing', async () => {
    const { wrong, memory, ...counts } = await hearNursery({ hours: 0.03, seed: 1, signal });
    assert.deepEqual(wrong, []);
    assert.equal(counts.cries, 2);
    assert.equal(counts.found, 2);
    assert.equal(counts.started, 2);
    assert.equal(counts.entries, 2);
    assert.equal(counts.clipFiles, 2);
    assert.equal(counts.samplesHeard, counts.samplesIn);
    assert.equal(memory.points.length, 2);
  });

  it('restarts captures, and leaves nothing behind', async () => {
    const { wrong, restarts, before, after } = await restartCaptures({ restarts: 8, seed: 1, signal });
    assert.deepEqual(wrong, []);
    assert.equal(restarts, 8);
    // Another test of this process may have left one.
    assert.equal(after.processes, before.processes);
  });

  it('tells memory that grows from memory that does not', () => {
    const trend = new MemoryTrend();
    // Caches fill in the first half.
    for (let done = 0; done <= 10; done++)
      trend.points.push({ done, rssMb: 100 + 3 * done, heapMb: Math.min(50, 10 * done) });
    assert.ok(Math.abs(trend.slope('rssMb') - 3) < 1e-9);
    assert.ok(Math.abs(trend.slope('heapMb')) < 1e-9);
  });
});
