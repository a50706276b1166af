import assert from 'node:assert/strict';
import { Tracker, TRACKER_DEFAULTS, type TrackerSettings } from '../../src/detect/tracker.js';
import { DeepInfantError } from '../../src/errors.js';
import type { CryEvent, Scores } from '../../src/values.js';
import { HOP_S, START_MS, heard, step, steps, times } from './steps.js';

const SETTINGS: TrackerSettings = { odds: -5.3, ...TRACKER_DEFAULTS };

function track(stream: Scores[], settings: Partial<TrackerSettings> = {}): CryEvent[] {
  const tracker = new Tracker('cot', { ...SETTINGS, ...settings });
  return [...stream.flatMap(scores => tracker.push(scores)), ...tracker.flush()];
}

function states(events: CryEvent[]): string {
  return events.map(({ state }) => state).join(' ');
}

function assertNear(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= tolerance,
    `${actual} is not ${expected} +- ${tolerance}`,
  );
}

describe('Tracker', () => {
  describe('what is reported', () => {
    /** Quiet as networks score it, which levels begin from: those of the model that this package has are near these odds. */
    const quiet = times(60, 0.01);
    const odds = -3.2;
    const table: [string, number[], string][] = [
      ['nothing in an empty stream', [], ''],
      ['nothing in silence', quiet, ''],
      ['nothing of a window', [...quiet, 1, ...quiet], ''],
      ['nothing of one window every three seconds', times(60, 0).map((_, i) => (i % 12 === 0 ? 1 : 0)), ''],
      ['nothing of one window twice', [...quiet, 1, ...times(8, 0.05), 1, ...quiet], ''],
      ['nothing of steps that say nothing', [...quiet, ...times(60, 0.4), ...quiet], ''],
      ['a doubtful cry that goes on', [...quiet, ...times(20, 0.55), ...quiet], 'started ended'],
      [
        'a doubtful cry that comes again',
        [...quiet, ...times(8, 0.55), 0.35, ...times(8, 0.55), ...quiet],
        'started ended',
      ],
      ['nothing of a doubtful sound that is over', [...quiet, ...times(5, 0.55), ...quiet], ''],
      ['a cry of a second and a half', [...quiet, ...times(6, 0.9), ...quiet], 'started ended'],
      [
        'one that goes on, doubtful',
        [...quiet, ...times(6, 0.9), ...times(20, 0.55)],
        'started ongoing ended',
      ],
      [
        'one that is now surer, now less',
        [...quiet, ...times(30, 0).map((_, i) => (i % 2 ? 0.7 : 0.55))],
        'started ongoing ended',
      ],
      ['one that flaps', [...quiet, ...times(24, 0).map((_, i) => (i % 2 ? 0.9 : 0.3))], 'started ended'],
      [
        'a cry that a window interrupts',
        [...quiet, ...times(4, 0.9), 0.1, ...times(4, 0.9), ...quiet],
        'started ended',
      ],
      ['nothing of scores that are no numbers', times(30, NaN), ''],
    ];
    for (const [name, scores, expected] of table) {
      it(`is ${name}`, () => {
        assert.equal(states(track(steps(...scores), { odds })), expected);
      });
    }

    it('is never one window, whatever the settings', () => {
      const eager = { odds: -6.8 };
      assert.equal(states(track(steps(0, 0, 1, 0, 0), eager)), '');
      assert.equal(states(track(steps(0, 0, 1, 1, 0), eager)), 'started ended');
    });

    for (const [kind, score, afterS] of [
      ['sure', 0.999, 0.5],
      ['doubtful', 0.6, 2.5],
    ] as const) {
      it(`comes ${afterS} s after the onset of a ${kind} cry`, () => {
        const tracker = new Tracker('cot', { ...SETTINGS, odds });
        const stream = steps(...quiet, ...times(40, score));
        const at = stream.findIndex(scores => tracker.push(scores).length > 0);
        assertNear((at + 1) * HOP_S, 60 * HOP_S + afterS, HOP_S);
      });
    }
  });

  describe('times', () => {
    for (const [fromS, toS] of [
      [3, 8],
      [3.1, 4.5],
      [10.13, 17.77],
      [0, 6],
    ] as const) {
      it(`are within a hop of a cry from ${fromS} to ${toS} s`, () => {
        const ended = track(heard(30, [fromS, toS])).at(-1)!;
        assertNear(ended.onsetS, fromS, HOP_S);
        assertNear(ended.offsetS, toS, HOP_S);
        assertNear(ended.durationS, ended.offsetS! - ended.onsetS, 1e-9);
        assertNear(ended.onset, START_MS + ended.onsetS * 1000, 0.5);
        assertNear(ended.offset, START_MS + ended.offsetS! * 1000, 0.5);
      });
    }

    it('do not count a score that says nothing long before as the onset', () => {
      const [started] = track(steps(...times(100, 0.4), 0, ...times(10, 0.9)));
      assertNear(started.onsetS, 100 * HOP_S, 3 * HOP_S);
    });

    it('follow the clock of the steps, not the count, when it is set', () => {
      const late = steps(...times(10, 0.9), ...times(30, 0)).map(s => ({ ...s, at: s.at + 5000 }));
      assert.equal(track(late)[0].onset, START_MS + 5000);
    });

    it('never end before the hop in which the cry began', () => {
      const [, ended] = track(steps(...times(10, 0), 1, 1, ...times(30, 0)), { odds: -6.8 });
      assert.equal(ended.offsetS, 11 * HOP_S);
    });

    it('count the hops of a stream that loses steps', () => {
      const events = track([step(0, 0), step(50, 0.9), step(51, 0.9), step(52, 0.9), step(53, 0.9)]);
      assertNear(events[0].onsetS, 50 * HOP_S, 4 * HOP_S);
    });
  });

  describe('the hang-over', () => {
    it('bridges a pause', () => {
      const events = track(heard(40, [5, 8], [12, 15]));
      assert.equal(states(events), 'started ongoing ended');
      assertNear(events[2].offsetS, 15, HOP_S);
    });

    it('lets two cries be two', () => {
      const events = track(heard(60, [5, 8], [20, 23]));
      assert.equal(states(events), 'started ended started ended');
      assert.equal(events[0].id, events[1].id);
      assert.equal(events[2].id, events[3].id);
      assert.notEqual(events[0].id, events[2].id);
      assertNear(events[2].onsetS, 20, HOP_S);
    });

    it('ends the cry when it is over', () => {
      const tracker = new Tracker('cot', SETTINGS);
      const at = steps(...times(8, 0.9), ...times(30, 0.05)).findIndex(scores =>
        tracker.push(scores).some(({ state }) => state === 'ended'),
      );
      assertNear((at + 1 - 8) * HOP_S, SETTINGS.hangoverS, HOP_S);
    });

    it('is not stretched by a window now and then', () => {
      const nowAndThen = times(60, 0).map((_, i) => (i % 10 === 0 ? 0.9 : 0));
      assertNear(
        track(steps(...times(20, 0.9), ...times(5, 0), ...nowAndThen)).at(-1)!.offsetS,
        17 * HOP_S,
        HOP_S,
      );
    });

    it('may be nothing', () => {
      const events = track(heard(40, [5, 8], [12, 15]), { hangoverS: 0 });
      assert.equal(states(events), 'started ended started ended');
    });
  });

  describe('messages', () => {
    const tracker = new Tracker('cot', SETTINGS);
    const events = heard(40, [2, 30]).flatMap(scores => tracker.push(scores));

    it('come every few seconds', () => {
      assert.equal(states(events), 'started ongoing ongoing ongoing ongoing ongoing ended');
      for (let i = 1; i < 6; i++) {
        assertNear(events[i].durationS - events[i - 1].durationS, SETTINGS.ongoingEveryS, HOP_S);
      }
    });

    it('tell each window that was heard once, and the deciding ones first', () => {
      const starts = events.flatMap(({ windows }) => windows.map(({ startS }) => startS));
      assert.deepEqual(
        starts,
        [...new Set(starts)].sort((a, b) => a - b),
      );
      assert.deepEqual(
        events[0].windows.map(({ score }) => score),
        times(2, 0.9),
      );
      const heardWindows = heard(40, [2, 30]).filter(({ scores }) => scores.cry > 0.5);
      assert.equal(starts.length, heardWindows.length);
    });

    it('only say when it ended once it has', () => {
      for (const { state, offset, offsetS } of events) {
        assert.equal(offset !== undefined, state === 'ended');
        assert.equal(offsetS !== undefined, state === 'ended');
      }
    });

    it('name source and onset in one id', () => {
      for (const event of events) {
        assert.equal(event.id, `cot@${event.onset}`);
        assert.equal(event.source, 'cot');
      }
    });

    it('give peak and mean of the scores, and the mean embedding', () => {
      const stream = [0.6, 0.9, 0.8, 0.7].map((cry, i) => step(i, cry, { embedding: [i, -2] }));
      const ended = track(stream, { odds: -6.8 }).at(-1)!;
      assert.equal(ended.peakScore, 0.9);
      assertNear(ended.meanScore, 0.75, 1e-12);
      assert.deepEqual(ended.embedding, Float32Array.of(1.5, -2));
    });

    it('call a cry by its voice, and follow it when it grows', () => {
      const voices = [
        { f0Hz: 360, periodicity: 0.98 },
        { f0Hz: 500, periodicity: 0.9 },
        { f0Hz: 800, periodicity: 0.9 },
      ];
      // A silent step tells that what is not periodic in the others is no noise of the room.
      const pause = { f0Hz: null, periodicity: 0, lowDb: -120, highDb: -120 };
      const stream = voices.flatMap((voice, part) =>
        times(60, 0.9).map((cry, i) => step(60 * part + i, cry, { voice: i % 5 ? voice : pause })),
      );
      const heard = track(stream).map(({ intensity }) => intensity);
      assert.deepEqual(
        heard.filter((intensity, i) => intensity !== heard[i - 1]),
        ['fuss', 'cry', 'scream'],
      );
    });

    it('judge the voice without the noise of the room before it', () => {
      // The room counts as half of what is heard, and a quarter is periodic: half of what is not the room.
      const room = { f0Hz: null, periodicity: 0, lowDb: -43.5, highDb: -43.5 };
      const cry = { f0Hz: 450, periodicity: 0.25, lowDb: -40, highDb: -40 };
      const stream = [
        ...times(20, 0).map((score, i) => step(i, score, { voice: room })),
        ...times(30, 0.9).map((score, i) => step(20 + i, score, { voice: cry })),
      ];
      const { voice } = track(stream).at(-1)!;
      assertNear(voice.f0Hz!, 450, 1e-6);
      assertNear(voice.roughness, 0.5, 0.01);
      assertNear(voice.balanceDb, 0, 1e-6);
    });

    it('do not grow with a cry of hours', () => {
      const tracker = new Tracker('cot', SETTINGS);
      let largest = 0;
      for (let i = 0; i * HOP_S < 2 * 3600; i++) {
        for (const { windows } of tracker.push(step(i, 0.9))) largest = Math.max(largest, windows.length);
      }
      assert.ok(largest <= Math.ceil(SETTINGS.ongoingEveryS / HOP_S));
      assert.ok(JSON.stringify(tracker).length < 20_000);
    });
  });

  describe('the end of a stream', () => {
    it('ends a cry at the end of the audio', () => {
      const ended = track(steps(...times(20, 0.05), ...times(10, 0.9))).at(-1)!;
      assert.equal(ended.state, 'ended');
      assert.equal(ended.offsetS, 30 * HOP_S);
    });

    it('ends one that had fallen silent where it did', () => {
      assertNear(track(heard(10, [2, 7])).at(-1)!.offsetS, 7, HOP_S);
    });

    it('forgets a cry that was too short to report', () => {
      assert.equal(states(track(steps(0, 0.9, 0.9))), '');
    });

    it('leaves nothing behind', () => {
      const tracker = new Tracker('cot', SETTINGS);
      const stream = heard(20, [2, 18]);
      const run = (): CryEvent[] => [...stream.flatMap(scores => tracker.push(scores)), ...tracker.flush()];
      assert.deepEqual(run(), run());
      assert.deepEqual(tracker.flush(), []);
    });

    it('forgets a suspicion and the room', () => {
      const tracker = new Tracker('cot', SETTINGS);
      const silence = { f0Hz: null, periodicity: 0, lowDb: -120, highDb: -120 };
      for (let i = 0; i < 20; i++) tracker.push(step(i, 0, { voice: silence }));
      for (let i = 20; i < 23; i++) tracker.push(step(i, 0.9));
      tracker.flush();
      const [started, ...others] = times(4, 0.999).flatMap((cry, i) => tracker.push(step(i, cry)));
      assert.deepEqual(others, []);
      assert.equal(started.onsetS, 0);
      // What all steps have beside the voice passes for the room's noise where no other was heard.
      assertNear(started.voice.roughness, 0, 1e-9);
    });

    it('is a step that is not after the last one', () => {
      const tracker = new Tracker('cot', SETTINGS);
      const stream = [...steps(...times(10, 0.9)), ...steps(...times(10, 0.9))];
      const events = stream.flatMap(scores => tracker.push(scores));
      assert.equal(states(events), 'started ended started');
      assert.equal(events[1].offsetS, 10 * HOP_S);
      assert.equal(events[2].onsetS, 0);
    });
  });

  it('gives the same events for the same scores', () => {
    const stream = heard(60, [3, 9], [12, 13], [30, 41]);
    assert.deepEqual(track(stream), track(structuredClone(stream)));
  });

  describe('settings that cannot be', () => {
    const table: [string, Partial<TrackerSettings>, RegExp][] = [
      ['odds that no sound reaches', { odds: 7 }, /odds is 7/],
      ['odds that silence reaches', { odds: -7 }, /odds is -7/],
      ['no number', { odds: NaN }, /NaN/],
      ['a negative duration', { hangoverS: -1 }, /hangoverS is -1/],
      ['an endless duration', { ongoingEveryS: Infinity }, /ongoingEveryS is Infinity/],
    ];
    for (const [name, settings, message] of table) {
      it(`are refused by name: ${name}`, () => {
        assert.throws(
          () => new Tracker('cot', { ...SETTINGS, ...settings }),
          (error: unknown) => error instanceof DeepInfantError && message.test(error.message),
        );
      });
    }
  });
});
