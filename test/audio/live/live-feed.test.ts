import assert from 'node:assert/strict';
import type { CaptureListener } from '../../../src/audio/live/capture.js';
import { LiveFeed } from '../../../src/audio/live/live-feed.js';
import { LiveSources, type LiveSource } from '../../../src/audio/live/live-sources.js';
import { DeepInfantError } from '../../../src/errors.js';
import { SAMPLE_RATE } from '../../../src/values.js';
import { FakeScheduler } from './fake-scheduler.js';

describe('LiveFeed', () => {
  let time: FakeScheduler;
  let capture: CaptureListener | undefined;
  let heard: string[];
  let feed: LiveFeed;

  function feedOf(source: () => LiveSource): LiveFeed {
    const listener = {
      chunk: () => heard.push('chunk'),
      health: ({ state }: { state: string }) => heard.push(state),
      complete: () => heard.push('complete'),
    };
    return new LiveFeed(new LiveSources(time), 'cot', source, listener, time);
  }

  beforeEach(() => {
    time = new FakeScheduler();
    capture = undefined;
    heard = [];
    feed = feedOf(() => ({
      name: 'cot',
      key: 'cot',
      stallMs: 5000,
      start: listener => {
        capture = listener;
        return { stop: () => Promise.resolve() };
      },
    }));
  });

  async function second(): Promise<void> {
    await time.pass(1000);
    capture!.samples(new Float32Array(SAMPLE_RATE).fill(0.1));
    await time.pass(200);
  }

  const count = (what: string): number => heard.filter(each => each === what).length;

  it('completes its sound when nothing came for a minute, and once', async () => {
    feed.start();
    for (let i = 0; i < 3; i++) await second();
    await time.pass(58_000);
    assert.equal(count('complete'), 0);
    await time.pass(2000);
    assert.equal(count('complete'), 1);
    await feed.stop();
    assert.equal(count('complete'), 1);
  });

  it('completes its sound as it stops, and may start again', async () => {
    feed.start();
    feed.start();
    await second();
    await feed.stop();
    assert.equal(heard.at(-1), 'complete');
    assert.equal(feed.health!.state, 'stopped');
    feed.start();
    await second();
    assert.equal(feed.health!.state, 'running');
    await feed.stop();
    assert.deepEqual([count('starting'), count('complete')], [2, 2]);
  });

  it('has nothing to complete when nothing came', async () => {
    feed.start();
    await time.pass(1000);
    await feed.stop();
    assert.equal(count('complete'), 0);
  });

  it('is failed when its source cannot be made', async () => {
    feed = feedOf(() => {
      throw new DeepInfantError('address-empty', "Enter the camera's address.");
    });
    feed.start();
    const { state, trouble, error } = feed.health!;
    assert.deepEqual([state, trouble, error], ['failed', 'bad-address', "Enter the camera's address."]);
    await feed.stop();
    assert.deepEqual(heard, ['failed']);
  });
});
