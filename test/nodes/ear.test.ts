import assert from 'node:assert/strict';
import { Ear } from '../../nodes/deepinfant-detector/ear.js';
import { Detector } from '../../src/detect/detector.js';
import { Tracker, TRACKER_DEFAULTS } from '../../src/detect/tracker.js';
import type { ClassifierStream } from '../../src/model/classifier.js';
import { type AudioChunk, SAMPLE_RATE, type Scores } from '../../src/values.js';

/** A classifier as slow as the test wants: it hears a chunk when it is let. */
class SlowStream implements ClassifierStream {
  readonly heard: { firstSample: number; lost: number }[] = [];
  private letGo: () => void = () => undefined;
  private gate: Promise<void> = new Promise(resolve => (this.letGo = resolve));

  async push({ firstSample, lost }: AudioChunk): Promise<Scores[]> {
    await this.gate;
    this.heard.push({ firstSample, lost });
    return [];
  }

  open(): void {
    this.letGo();
  }

  flush(): Promise<Scores[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function second(index: number): AudioChunk {
  const firstSample = index * SAMPLE_RATE;
  return { samples: new Float32Array(SAMPLE_RATE), firstSample, at: 0, source: 'cot', lost: 0 };
}

describe('Ear', () => {
  let stream: SlowStream;
  let ear: Ear;
  beforeEach(() => {
    stream = new SlowStream();
    const tracker = new Tracker('cot', { odds: -2.5, ...TRACKER_DEFAULTS });
    ear = new Ear('cot', Promise.resolve(new Detector(stream, tracker)));
  });

  it('hears every chunk in order as long as little waits', async () => {
    const heard = Array.from({ length: 20 }, (_, index) => ear.hear(second(index)));
    stream.open();
    await Promise.all(heard);
    assert.deepEqual(
      stream.heard,
      Array.from({ length: 20 }, (_, index) => ({ firstSample: index * SAMPLE_RATE, lost: 0 })),
    );
    assert.equal(ear.droppedSamples, 0);
  });

  it('drops the oldest when more than 30 s wait, and counts it as lost', async () => {
    const heard = Array.from({ length: 50 }, (_, index) => ear.hear(second(index)));
    assert.equal(ear.droppedSamples, 20 * SAMPLE_RATE);
    stream.open();
    await Promise.all(heard);
    assert.equal(stream.heard.length, 30);
    assert.deepEqual(stream.heard[0], { firstSample: 20 * SAMPLE_RATE, lost: 20 * SAMPLE_RATE });
    assert.deepEqual(stream.heard[1], { firstSample: 21 * SAMPLE_RATE, lost: 0 });
    assert.equal(ear.droppedSamples, 0, 'it has caught up');
  });

  it('ends when what waits has been heard', async () => {
    const heard = [ear.hear(second(0)), ear.hear(second(1))];
    const ended = ear.end(() => undefined);
    stream.open();
    await Promise.all([...heard, ended]);
    assert.equal(stream.heard.length, 2);
  });

  it('forgets what it drops', async () => {
    const heard = [ear.hear(second(0)), ear.hear(second(1))];
    ear.drop();
    stream.open();
    await Promise.all(heard);
    assert.deepEqual(stream.heard, []);
  });
});
