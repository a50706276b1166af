import assert from 'node:assert/strict';
import { DeepInfantError } from '../../src/errors.js';
import type { BabyProfile } from '../../src/reason/context.js';
import { ReasonEstimator } from '../../src/baby/estimator.js';
import { hasEpoch, type ContextFact, type ContextKind } from '../../src/reason/facts.js';
import { reasons } from '../../src/texts/en.js';
import { REASONS, type Intensity, type Reason, type ReasonEstimate } from '../../src/values.js';
import { HOUR_MS, MINUTE_MS, cryAt } from '../reason/cries.js';

/** Two in the afternoon, local time: the daily wave is at its mean. */
const NOW = new Date(2026, 0, 31, 14).getTime();
const TWO_MONTHS_OLD = { name: 'Mia', birthDate: '2025-12-01' };

interface Options {
  baby?: BabyProfile;
  intensity?: Intensity;
  onset?: number;
}

/** The estimate for a cry now, after facts given as kind and hours before. */
function estimate(
  facts: readonly (readonly [ContextKind, hoursBefore: number])[] = [],
  { baby = TWO_MONTHS_OLD, intensity = 'cry', onset = NOW }: Options = {},
): ReasonEstimate {
  const estimator = new ReasonEstimator(baby);
  for (const [kind, hoursBefore] of facts) estimator.tell({ kind, at: onset - hoursBefore * HOUR_MS });
  return estimator.estimate({ ...cryAt(onset), intensity });
}

function factorsOf({ contributions }: ReasonEstimate, reason: Reason): number[] {
  return contributions.filter(c => c.reason === reason).map(({ factor }) => factor);
}

function textsOf({ contributions }: ReasonEstimate): string {
  return contributions.map(({ text }) => text).join('\n');
}

describe('ReasonEstimator', () => {
  describe('the posterior', () => {
    const everything = estimate([
      ['feed', 2],
      ['wake', 1],
      ['change', 3],
    ]);

    it('sums to 1 and names its largest as the confidence', () => {
      const values = Object.values(everything.probabilities);
      assert.deepEqual(Object.keys(everything.probabilities), [...REASONS]);
      assert.ok(Math.abs(values.reduce((a, b) => a + b) - 1) < 1e-12);
      assert.equal(everything.confidence, Math.max(...values));
    });

    it('is the product of the contributions', () => {
      const weights = REASONS.map(reason => factorsOf(everything, reason).reduce((a, b) => a * b, 1));
      const sum = weights.reduce((a, b) => a + b);
      REASONS.forEach((reason, i) => {
        assert.ok(Math.abs(everything.probabilities[reason] - weights[i] / sum) < 1e-12, reason);
      });
    });

    it('bounds what a single fact counts', () => {
      for (const hours of [0, 0.01, 1, 23]) {
        const { contributions } = estimate([
          ['feed', hours],
          ['wake', hours],
          ['change', hours],
        ]);
        for (const { factor } of contributions) assert.ok(factor >= 1 / 15 && factor <= 5);
      }
    });

    const growing: [ContextKind, Reason, returnsAfterH: number][] = [
      ['feed', 'hungry', 3.5],
      ['wake', 'tired', 1.5],
      ['change', 'discomfort', 24 / 9],
    ];
    for (const [kind, reason, returnsAfterH] of growing) {
      const after = (share: number): number =>
        estimate([[kind, share * returnsAfterH]]).probabilities[reason];

      it(`makes ${reason} likelier the longer ago the last ${kind} was, until it is due`, () => {
        const byShare = [0.1, 0.3, 0.6, 0.9, 1.2].map(after);
        for (let i = 1; i < byShare.length; i++) assert.ok(byShare[i] > byShare[i - 1]);
        assert.ok(byShare.at(-1)! > byShare[0] * 1.2);
      });

      it(`takes it that a ${kind} was not told when it is long overdue`, () => {
        const none = estimate().probabilities[reason];
        const overdue = after(5);
        assert.ok(overdue < after(1.2) && Math.abs(overdue / none - 1) < 0.25, `${overdue}, ${none}`);
      });
    }

    it('makes burping less likely the longer ago the last feed was', () => {
      const byHours = [0, 0.5, 1, 2, 4].map(hours => estimate([['feed', hours]]).probabilities.burping);
      for (let i = 1; i < byHours.length; i++) assert.ok(byHours[i] < byHours[i - 1]);
    });

    it('knows that newborns need feeds and sleep sooner', () => {
      const newborn = { name: 'Mia', birthDate: '2026-01-20' };
      const toddler = { name: 'Mia', birthDate: '2025-01-31' };
      for (const [kind, reason] of growing.slice(0, 2)) {
        const [young, old] = [newborn, toddler].map(
          baby => estimate([[kind, 1]], { baby }).probabilities[reason],
        );
        assert.ok(young > old, reason);
      }
    });

    it('takes belly pain for rarer after the age of colic', () => {
      const bellyPain = ['2026-01-01', '2025-11-28', '2025-06-01'].map(
        birthDate => factorsOf(estimate([], { baby: { name: 'Mia', birthDate } }), 'belly pain')[0],
      );
      assert.ok(bellyPain[0] > 1 && bellyPain[0] > bellyPain[1] && bellyPain[1] > bellyPain[2]);
    });

    it('has belly pain peak in the evening', () => {
      const byHour = Array.from({ length: 24 }, (_, hour) => {
        const onset = new Date(2026, 0, 31, hour).getTime();
        return factorsOf(estimate([], { onset, baby: { name: 'Mia' } }), 'belly pain')[0];
      });
      assert.equal(byHour.indexOf(Math.max(...byHour)), 20);
      assert.ok(Math.min(...byHour) < 1 && Math.max(...byHour) > 1);
    });

    it('holds a rested baby for less tired, and lets a nap cut short say nothing', () => {
      assert.ok(factorsOf(estimate([['sleep', 1.5]]), 'tired')[1] < 0.7);
      const short = estimate([
        ['wake', 3],
        ['sleep', 0.3],
      ]);
      assert.doesNotMatch(textsOf(short), /awake|asleep/);
    });

    it('gives the sound a small weight', () => {
      const [fuss, cry, scream] = (['fuss', 'cry', 'scream'] as const).map(
        intensity => estimate([], { intensity }).probabilities['belly pain'],
      );
      assert.ok(fuss < cry && cry < scream && scream < 2 * cry);
    });
  });

  describe('the answer', () => {
    const table: [string, [ContextKind, number][], ReasonEstimate['label']][] = [
      ['nothing told', [], 'unsure'],
      ['a feed half way back', [['feed', 2]], 'unsure'],
      ['a feed long ago', [['feed', 4]], 'hungry'],
      ['a feed just now', [['feed', 0.1]], 'burping'],
      [
        'a feed not long ago and a long time awake',
        [
          ['feed', 1],
          ['wake', 2],
        ],
        'tired',
      ],
      [
        'a feed and a sleep both due',
        [
          ['feed', 3.5],
          ['wake', 2],
        ],
        'unsure',
      ],
      [
        'a feed due and a sleep just over',
        [
          ['feed', 3.5],
          ['wake', 0.2],
        ],
        'hungry',
      ],
    ];
    for (const [name, facts, label] of table) {
      it(`is ${label} with ${name}`, () => {
        const result = estimate(facts);
        assert.equal(result.label, label);
        assert.equal(result.tip, reasons.tip[label]);
      });
    }

    it('is unsure at any hour and age when nothing was told and the cry is none to alarm', () => {
      for (let hour = 0; hour < 24; hour++) {
        for (const birthDate of [undefined, '2026-01-20', '2025-12-01', '2025-01-01']) {
          for (const intensity of ['fuss', 'cry'] as const) {
            const onset = new Date(2026, 0, 31, hour).getTime();
            const { label } = estimate([], { onset, intensity, baby: { name: 'Mia', birthDate } });
            assert.equal(label, 'unsure', `${hour} h, ${String(birthDate)}, ${intensity}`);
          }
        }
      }
    });

    it('claims no learning and no accuracy yet', () => {
      const { learnedFrom, accuracy, baselineAccuracy } = estimate();
      assert.deepEqual([learnedFrom, accuracy, baselineAccuracy], [0, null, null]);
    });
  });

  describe('the contributions', () => {
    it('say in plain words what each fact does', () => {
      const facts: [ContextKind, number][] = [
        ['feed', 3 + 10 / 60],
        ['wake', 0.75],
        ['change', 1],
      ];
      assert.deepEqual(textsOf(estimate(facts, { intensity: 'scream' })).split('\n'), [
        'Common in all babies: hunger is 2.5 times as likely',
        'Common in all babies: tiredness is 1.8 times as likely',
        'The last feed was 3 h 10 min ago: hunger is 1.3 times as likely',
        'The last feed was 3 h 10 min ago: a burp is 1.8 times less likely',
        'Awake for 45 min: tiredness is 1.3 times less likely',
        'The last nappy change was 1 h ago: discomfort is 1.2 times less likely',
        '8 weeks old: belly pain is 1.1 times less likely',
        'At 14:00: this says little about belly pain',
        'Sounds like screaming: belly pain is 1.4 times as likely',
        'Sounds like screaming: discomfort is 1.2 times as likely',
        'Began as a scream: belly pain is 1.2 times as likely',
      ]);
    });

    it('are only how common reasons are and the sound when the time of the recording is unknown', () => {
      const estimator = new ReasonEstimator(TWO_MONTHS_OLD);
      estimator.tell({ kind: 'feed', at: NOW });
      for (const onset of [0, 12_345, 23 * HOUR_MS, NaN, -1]) {
        const result = estimator.estimate({ ...cryAt(onset), intensity: 'fuss' });
        assert.deepEqual(
          result.contributions.map(({ part }) => part),
          ['prior', 'prior', 'sound'],
        );
        assert.equal(result.label, 'unsure');
      }
    });
  });

  describe('facts', () => {
    const feeds = (...hours: number[]): ReasonEstimate => estimate(hours.map(h => ['feed', h] as const));

    it('count when they come out of order', () => {
      assert.deepEqual(feeds(1, 4, 3), feeds(4, 3, 1));
    });

    it('do not count for a cry before them', () => {
      assert.deepEqual(feeds(3, -0.5), feeds(3));
      assert.deepEqual(feeds(-0.5), feeds());
    });

    it('do not count after a day', () => {
      assert.notDeepEqual(feeds(23.9), feeds());
      assert.deepEqual(feeds(24), feeds());
    });

    it('take little memory, however many', () => {
      const estimator = new ReasonEstimator(TWO_MONTHS_OLD);
      for (let i = 0; i < 2000; i++) estimator.tell({ kind: 'feed', at: NOW - i * MINUTE_MS });
      assert.ok(JSON.stringify(estimator).length < 20_000);
      assert.deepEqual(estimator.estimate(cryAt(NOW)), feeds(0));
    });

    const bad: [string, unknown, RegExp][] = [
      ['an unknown kind', { kind: 'bath', at: NOW }, /kind is 'bath'.*feed, sleep, wake, change/],
      ['no time', { kind: 'feed' }, /at is missing/],
      ['no number', { kind: 'feed', at: NaN }, /NaN/],
      ['an endless one', { kind: 'feed', at: Infinity }, /Infinity.*finite/],
      ['seconds for ms', { kind: 'feed', at: NOW / 1000 }, /ms since 1970/],
    ];
    for (const [name, fact, message] of bad) {
      it(`are refused with a clear error: ${name}`, () => {
        assert.throws(
          () => {
            new ReasonEstimator(TWO_MONTHS_OLD).tell(fact as ContextFact);
          },
          (error: unknown) => error instanceof DeepInfantError && message.test(error.message),
        );
      });
    }
  });

  describe('the birth date', () => {
    for (const birthDate of ['31.1.2026', '', 'soon', '2026-13-01']) {
      it(`is refused when it is '${birthDate}'`, () => {
        assert.throws(
          () => new ReasonEstimator({ name: 'Mia', birthDate }),
          (error: unknown) => error instanceof DeepInfantError && error.message.includes(`'${birthDate}'`),
        );
      });
    }

    it('says nothing when it lies after the cry', () => {
      const unborn = estimate([['feed', 3]], { baby: { name: 'Mia', birthDate: '2026-03-01' } });
      assert.deepEqual(unborn, estimate([['feed', 3]], { baby: { name: 'Mia' } }));
    });
  });
});

describe('hasEpoch', () => {
  it('tells a time of the world from ms since the beginning of a recording', () => {
    assert.deepEqual([0, 86_400_000, NaN, NOW].map(hasEpoch), [false, false, false, true]);
  });
});
