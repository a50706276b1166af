import assert from 'node:assert/strict';
import type { CaptureListener } from '../../../src/audio/live/capture.js';
import { LiveSources, type LiveSource } from '../../../src/audio/live/live-sources.js';
import type { AudioChunk, SourceHealth } from '../../../src/values.js';
import { FakeScheduler } from './fake-scheduler.js';

describe('LiveSources', () => {
  let time: FakeScheduler;
  let sources: LiveSources;
  /** Captures that run, by key, and when they were started. */
  let captures: { key: string; listener: CaptureListener; atMs: number; isStopped: boolean }[];

  beforeEach(() => {
    time = new FakeScheduler();
    sources = new LiveSources(time);
    captures = [];
  });

  function source(key: string, name = key): LiveSource {
    return {
      name,
      key,
      stallMs: 5000,
      start: listener => {
        const capture = { key, listener, atMs: time.now(), isStopped: false };
        captures.push(capture);
        return {
          stop: () => {
            capture.isStopped = true;
            return Promise.resolve();
          },
        };
      },
    };
  }

  function listen(to: LiveSource): {
    chunks: AudioChunk[];
    states: string[];
    health: () => SourceHealth;
    leave: () => Promise<void>;
  } {
    const chunks: AudioChunk[] = [];
    const healths: SourceHealth[] = [];
    const listening = sources.listen(to, {
      chunk: chunk => chunks.push(chunk),
      health: health => healths.push(health),
    });
    return {
      chunks,
      get states() {
        return healths.map(({ source, state }) => `${source} ${state}`);
      },
      health: () => listening.health,
      leave: () => listening.stop(),
    };
  }

  it('opens a source once, whoever listens, and gives each its own name', async () => {
    const first = listen(source('rtsp://camera', 'nursery'));
    await time.pass(0);
    captures[0].listener.samples(new Float32Array(2048));
    await time.pass(200);
    const second = listen(source('rtsp://camera', 'baby'));
    await time.pass(100);
    captures[0].listener.samples(new Float32Array(5632 - 2048));
    assert.equal(captures.length, 1);
    assert.deepEqual(
      [first, second].map(({ chunks }) => chunks.map(({ source, firstSample }) => [source, firstSample])),
      [
        [
          ['nursery', 0],
          ['nursery', 2048],
        ],
        [['baby', 2048]],
      ],
    );
    assert.deepEqual(first.states, ['nursery starting', 'nursery running']);
    assert.deepEqual(second.states, ['baby running']);
    assert.deepEqual([first.health().source, second.health().source], ['nursery', 'baby']);

    await first.leave();
    assert.equal(first.states.at(-1), 'nursery stopped');
    assert.ok(!captures[0].isStopped);
    captures[0].listener.samples(new Float32Array(4096));
    assert.deepEqual([first.chunks.length, second.chunks.length], [2, 2]);
    await second.leave();
    assert.equal(second.states.at(-1), 'baby stopped');
    assert.ok(captures[0].isStopped);

    const third = listen(source('rtsp://camera', 'again'));
    await time.pass(1000);
    assert.equal(captures.length, 2);
    await third.leave();
  });

  it('keeps nothing open for one that fails as it begins to listen', async () => {
    const first = listen(source('camera'));
    await time.pass(0);
    const fail = (): never => {
      throw new Error('broken on purpose');
    };
    assert.throws(() => sources.listen(source('camera'), { chunk: fail, health: fail }), /on purpose/);
    await first.leave();
    assert.deepEqual(
      captures.map(({ isStopped }) => isStopped),
      [true],
    );
  });

  it('starts many sources one after another, a lone one at once', async () => {
    const listening = ['a', 'b', 'c', 'd'].map(key => listen(source(key)));
    await time.pass(1000);
    assert.deepEqual(
      captures.map(({ key, atMs }) => [key, atMs]),
      [
        ['a', 0],
        ['b', 100],
        ['c', 200],
        ['d', 300],
      ],
    );
    listening.push(listen(source('late')));
    await time.pass(0);
    assert.equal(captures.at(-1)!.atMs, 1000);
    await Promise.all(listening.map(({ leave }) => leave()));
    assert.ok(captures.every(({ isStopped }) => isStopped));
  });

  it('does not start what is left before its turn comes', async () => {
    const [first, second] = ['a', 'b'].map(key => listen(source(key)));
    await second.leave();
    await time.pass(1000);
    assert.deepEqual(
      captures.map(({ key }) => key),
      ['a'],
    );
    await first.leave();
  });
});
