import assert from 'node:assert/strict';
import type { Span } from '../../../src/synth/scene.js';
import { FrigateDetector, judgeNight, sceneFigures, type Alarm } from '../../../src/lab/evaluation/nights.js';
import { SAMPLE_RATE } from '../../../src/values.js';

/** Samples of a rival's window. */
const WINDOW = 15_600;

describe('judgeNight', () => {
  const span = (startS: number, endS: number): Span => ({ startS, endS });
  const alarm = (raisedS: number, endS: number): Alarm => ({ raisedS, endS });

  it('counts an episode that an alarm overlaps as found, by its delay', () => {
    const { found, episodes, latenciesS, falseAlarmsS } = judgeNight(
      [alarm(101, 110), alarm(502, 503)],
      [span(100, 120), span(300, 310), span(500, 501)],
    );
    assert.deepEqual(
      { found, episodes, latenciesS, falseAlarmsS },
      {
        found: 2,
        episodes: 3,
        latenciesS: [1, 2],
        falseAlarmsS: [],
      },
    );
  });

  it('counts an alarm that no episode explains as false, and those within 30 s of it as the same', () => {
    const { found, falseAlarmsS } = judgeNight(
      [alarm(10, 12), alarm(41, 42), alarm(73, 74), alarm(130, 131)],
      [span(100, 120)],
    );
    assert.equal(found, 0);
    assert.deepEqual(falseAlarmsS, [10, 73, 130]);
  });

  it('lets an alarm that is on already find an episode at once', () => {
    const { latenciesS, falseAlarmsS } = judgeNight([alarm(80, 150)], [span(100, 120)]);
    assert.deepEqual(latenciesS, [0]);
    assert.deepEqual(falseAlarmsS, []);
  });
});

describe('sceneFigures', () => {
  it('adds nights up', () => {
    const night = (
      latenciesS: number[],
      falseAlarms: number,
    ): Parameters<typeof sceneFigures>[0][number] => ({
      episodes: 3,
      found: latenciesS.length,
      latenciesS,
      falseAlarmsS: new Array<number>(falseAlarms).fill(0),
    });
    assert.deepEqual(sceneFigures([night([3, 1], 1), night([2], 2)]), {
      falseAlarmsPerNight: 1.5,
      episodes: 6,
      found: 3,
      latencyMedianS: 2,
      latencyP95S: 2.9,
    });
    assert.equal(sceneFigures([night([], 0)]).latencyMedianS, null);
  });
});

describe('FrigateDetector', () => {
  it('raises an alarm at the end of each window that reaches the threshold, in chunks of any length', async () => {
    // A network that hears as much crying as a window's first sample says.
    const heard = {
      window: WINDOW,
      crying: (samples: Float32Array): Promise<Float32Array> =>
        Promise.resolve(samples.filter((_, i) => i % WINDOW === 0)),
    };
    const samples = new Float32Array(40.5 * WINDOW);
    samples[3 * WINDOW] = 0.6;
    samples[20 * WINDOW] = 0.9;
    samples[39 * WINDOW] = 0.8;
    for (const length of [1000, 16_000, samples.length]) {
      const detector = new FrigateDetector(heard, [0.8, 0.5]);
      for (let at = 0; at < samples.length; at += length) {
        const chunk = {
          samples: samples.subarray(at, at + length),
          firstSample: at,
          at: 0,
          source: '',
          lost: 0,
        };
        await detector.push(chunk);
      }
      await detector.flush();
      const told = (threshold: number): number[] =>
        detector.alarms.get(threshold)!.map(({ raisedS }) => Math.round((raisedS * SAMPLE_RATE) / WINDOW));
      assert.deepEqual(told(0.8), [21, 40]);
      assert.deepEqual(told(0.5), [4, 21, 40]);
    }
  });
});
