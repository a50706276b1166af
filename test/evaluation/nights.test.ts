import assert from 'node:assert/strict';
import type { Span } from '../../src/dataset/synth/scene.js';
import { judgeNight, sceneFigures, type Alarm } from '../../src/evaluation/nights.js';

describe('judgeNight', () => {
  const span = (startS: number, endS: number): Span => ({ startS, endS });
  const alarm = (toldS: number, endS: number): Alarm => ({ toldS, endS });

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
      latencyP95S: 3,
    });
    assert.equal(sceneFigures([night([], 0)]).latencyMedianS, null);
  });
});
