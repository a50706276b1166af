import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { Detector, type Detection } from '../../src/detect/detector.js';
import { Tracker, TRACKER_DEFAULTS } from '../../src/detect/tracker.js';
import type { AudioChunk } from '../../src/values.js';
import { chunk, LoudnessStream } from './loudness-stream.js';
import { HOP_S } from './steps.js';

describe('Detector', () => {
  const open = (): { detector: Detector; stream: LoudnessStream } => {
    const stream = new LoudnessStream();
    const tracker = new Tracker('cot', { odds: -5.3, ...TRACKER_DEFAULTS });
    return { detector: new Detector(stream, tracker), stream };
  };

  it('gives the steps and the events they caused', async () => {
    const { detector } = open();
    assert.deepEqual(await detector.push(chunk(0, 0)), { scores: [], events: [] });
    const quiet = await detector.push(chunk(10, 0));
    assert.equal(quiet.scores.length, 10);
    assert.deepEqual(quiet.events, []);
    const loud = await detector.push(chunk(10, 0.9));
    assert.equal(loud.scores.length, 10);
    assert.deepEqual(
      loud.events.map(({ state, onsetS }) => [state, onsetS]),
      [['started', 10 * HOP_S]],
    );
  });

  /** What the end of the source gave, in one. */
  async function endOf(detector: Detector): Promise<Detection> {
    const told: Detection[] = [];
    await detector.flush(detection => told.push(detection));
    return { scores: told.flatMap(({ scores }) => scores), events: told.flatMap(({ events }) => events) };
  }

  it('ends a cry with the stream, after its last step', async () => {
    const { detector } = open();
    await detector.push(chunk(10, 0.9));
    const { scores, events } = await endOf(detector);
    assert.equal(scores.length, 1);
    assert.deepEqual(
      events.map(({ state, offsetS }) => [state, offsetS]),
      [['ended', 11 * HOP_S]],
    );
  });

  it('begins and ends a cry that the last step decides', async () => {
    const { detector } = open();
    await detector.push(chunk(3, 0.9));
    const { events } = await endOf(detector);
    assert.deepEqual(
      events.map(({ state }) => state),
      ['started', 'ended'],
    );
  });

  it('frees the stream at its end', async () => {
    const { detector, stream } = open();
    await endOf(detector);
    assert.ok(stream.closed);
  });

  it('ends the cry of a source that breaks off, and names what broke it', async () => {
    const { detector, stream } = open();
    stream.flush = () => Promise.reject(new Error('No last step.'));
    const told: [string, number][] = [];
    async function* chunks(): AsyncGenerator<AudioChunk> {
      yield await Promise.resolve(chunk(10, 0.9));
      throw new Error('The cable is out.');
    }
    const heard = detector.hear(chunks(), ({ events }, heardS) => {
      for (const { state } of events) told.push([state, heardS]);
    });
    await assert.rejects(heard, /cable/);
    assert.deepEqual(told, [
      ['started', 10 * HOP_S],
      ['ended', 10 * HOP_S],
    ]);
    assert.ok(stream.closed);
  });

  it('says so when the last step of a whole source cannot be heard', async () => {
    const { detector, stream } = open();
    stream.flush = () => Promise.reject(new Error('No last step.'));
    const chunks = Readable.from([chunk(10, 0.9)]) as AsyncIterable<AudioChunk>;
    await assert.rejects(
      detector.hear(chunks, () => undefined),
      /No last step/,
    );
    assert.ok(stream.closed);
  });
});
