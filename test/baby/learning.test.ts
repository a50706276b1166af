import assert from 'node:assert/strict';
import { Random } from '../../src/maths/random.js';
import { DeepInfantError } from '../../src/errors.js';
import { ReasonEstimator } from '../../src/baby/estimator.js';
import { readCryEvent } from '../../src/door/cry-event.js';
import type { Answer, CryEvent, Reason } from '../../src/values.js';
import { HOUR_MS, MINUTE_MS, cryAt } from '../reason/cries.js';

const NOON = new Date(2026, 0, 31, 12).getTime();
const MIA = { name: 'Mia', birthDate: '2025-12-01' };

/** Cries every four hours from noon on, at the nth of which all of `reasons` were given as answers. */
function taught(reasons: readonly Reason[], estimator = new ReasonEstimator(MIA)): ReasonEstimator {
  reasons.forEach((reason, i) => {
    const { id, onset } = hear(estimator, i);
    assert.equal(estimator.answer({ cry: id, reason, at: onset + HOUR_MS }), 'counted');
  });
  return estimator;
}

/** The nth cry, from its beginning to its end after five minutes. */
function hear(estimator: ReasonEstimator, n: number): CryEvent {
  const started = cryAt(NOON + 4 * n * HOUR_MS);
  const ended: CryEvent = { ...started, state: 'ended', offset: started.onset + 5 * MINUTE_MS };
  estimator.estimate(started);
  estimator.estimate(ended);
  return ended;
}

const next = cryAt(NOON + 400 * HOUR_MS);

describe('ReasonEstimator, taught', () => {
  const answer = (cry: CryEvent, reason: Reason, at = cry.onset + HOUR_MS): Answer => ({
    cry: cry.id,
    reason,
    at,
  });

  it('comes to expect what answers say, and says so', () => {
    const { probabilities, contributions, learnedFrom, uses, label } = taught(
      new Array<Reason>(20).fill('lonely'),
    ).estimate(next);
    assert.ok(probabilities.lonely > 0.5, String(probabilities.lonely));
    assert.deepEqual([label, learnedFrom, uses], ['lonely', 20, 'personal']);
    assert.ok(
      contributions.some(({ part, text }) => part === 'history' && /^20 answered cries: .*lonel/.test(text)),
    );
  });

  it('learns less from cries that may have been those of another baby, until somebody says whose they were', () => {
    const taughtAt = (share: number | undefined): ReasonEstimator => {
      const estimator = new ReasonEstimator(MIA);
      for (let i = 0; i < 20; i++) estimator.answer(answer(hear(estimator, i), 'lonely'), share);
      return estimator;
    };
    const unsure = taughtAt(0.5);
    const lonely = (estimator: ReasonEstimator): number => estimator.estimate(next).probabilities.lonely;
    const [none, half, whole] = [new ReasonEstimator(MIA), unsure, taughtAt(undefined)].map(lonely);
    assert.ok(none < half && half < whole, [none, half, whole].join());
    // What was not known to be hers says nothing of how right it was.
    assert.equal(unsure.record.answers, 0);
    for (const { id, onset } of unsure.memory.cries) unsure.setOwner(id, true, onset + HOUR_MS);
    assert.ok(lonely(unsure) > half);
    assert.equal(unsure.record.answers, 20);
  });

  it('says what the contributions multiply to', () => {
    const { probabilities, contributions } = taught(['lonely', 'tired', 'lonely', 'hungry']).estimate(next);
    const weightOf = (reason: Reason): number =>
      contributions.filter(c => c.reason === reason).reduce((product, { factor }) => product * factor, 1);
    const ratio = weightOf('lonely') / weightOf('hungry');
    assert.ok(Math.abs(ratio - probabilities.lonely / probabilities.hungry) < 1e-9);
  });

  it('counts how often it was right before it knew, and the commonest reason', () => {
    const before = new ReasonEstimator(MIA).estimate(next);
    assert.deepEqual([before.accuracy, before.baselineAccuracy, before.calibrationError], [null, null, null]);
    const after = taught(['hungry', 'hungry', 'hungry', 'lonely']).estimate(next);
    assert.deepEqual([after.accuracy, after.baselineAccuracy], [0.75, 0.75]);
    assert.ok(after.calibrationError! > 0);
  });

  it('goes back to the general model, and says so, when its own was clearly worse', () => {
    const estimator = taught(new Array<Reason>(30).fill('lonely'));
    const turned = new Array<Reason>(12).fill('hungry');
    turned.forEach((reason, i) => {
      const cry = hear(estimator, 40 + i);
      estimator.answer(answer(cry, reason));
    });
    // It was right about 'lonely' thirty times, so that only a record of its failures condemns it.
    const { memory } = estimator;
    const failures = { ...memory, cries: memory.cries.slice(30) };
    assert.equal(estimator.estimate(next).uses, 'personal');
    assert.equal(new ReasonEstimator(MIA, failures).estimate(next).uses, 'general');
  });

  it('is as if an answer had never been when it is withdrawn', () => {
    const estimator = taught(['lonely', 'tired']);
    const expected = estimator.estimate(next);
    const cry = hear(estimator, 2);
    const untaught = estimator.estimate(next);
    estimator.answer(answer(cry, 'burping'));
    assert.notDeepEqual(estimator.estimate(next).probabilities, untaught.probabilities);
    assert.equal(estimator.withdraw(cry.id), true);
    assert.deepEqual(estimator.estimate(next), untaught);
    assert.deepEqual(untaught.learnedFrom, expected.learnedFrom);
    assert.equal(estimator.withdraw(cry.id), false);
    assert.equal(estimator.withdraw('cot@1'), false);
  });

  it('has one outcome for answers that come twice, late, out of order, contradictory or for no cry', () => {
    const estimator = new ReasonEstimator(MIA);
    const cry = hear(estimator, 0);
    const at = cry.onset + HOUR_MS;
    const outcomes = [
      answer(cry, 'hungry', at),
      answer(cry, 'hungry', at + 1),
      answer(cry, 'tired', at),
      answer(cry, 'tired', at + 2),
      answer(cry, 'tired', at),
      { cry: 'cot@1', reason: 'tired' as const, at },
    ].map(given => estimator.answer(given));
    assert.deepEqual(outcomes, ['counted', 'repeated', 'outdated', 'replaced', 'repeated', 'unknown-cry']);
    assert.equal(estimator.memory.cries[0].answer?.reason, 'tired');
  });

  for (const [name, given] of [
    ['an unknown reason', { cry: 'x', reason: 'bored', at: NOON }],
    ['no time', { cry: 'x', reason: 'hungry' }],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => new ReasonEstimator(MIA).answer(given as unknown as Answer),
        (error: unknown) => error instanceof DeepInfantError && error.code === 'invalid',
      );
    });
  }

  it('stays what it was whatever is estimated of a cry after its answer', () => {
    const estimator = taught(['lonely']);
    const { said } = estimator.memory.cries[0];
    estimator.estimate({ ...cryAt(NOON), intensity: 'scream', state: 'ongoing' });
    assert.deepEqual(estimator.memory.cries[0].said, said);
  });

  describe('relief', () => {
    const relieved = (
      minutesAfterEnd: number,
      nextAfterMin: number,
      kind: 'feed' | 'change' = 'feed',
    ): unknown => {
      const estimator = new ReasonEstimator(MIA);
      const { offset } = hear(estimator, 0);
      estimator.tell({ kind, at: offset! + minutesAfterEnd * MINUTE_MS, id: 'care' });
      estimator.estimate(cryAt(offset! + nextAfterMin * MINUTE_MS));
      return estimator.memory.cries[0].answer?.reason;
    };

    it('is what was done when the cry ended, if quiet followed', () => {
      assert.equal(relieved(-1, 60), 'hungry');
      assert.equal(relieved(5, 60, 'change'), 'discomfort');
    });

    it('is not what was done long before or after, or what helped for minutes', () => {
      assert.equal(relieved(-10, 60), undefined);
      assert.equal(relieved(11, 60), undefined);
      assert.equal(relieved(-1, 5), undefined);
    });

    it('goes when the fact is taken back, and gives way to an answer', () => {
      const estimator = new ReasonEstimator(MIA);
      const { id, offset } = hear(estimator, 0);
      estimator.tell({ kind: 'feed', at: offset!, id: 'care' });
      const learnedAt = (onset: number): unknown => {
        assert.equal(estimator.estimate(cryAt(onset)).learnedFrom, 0, 'nobody answered');
        return estimator.memory.cries[0].answer?.from;
      };
      assert.equal(learnedAt(NOON + HOUR_MS), 'relief');
      estimator.forget('care');
      assert.equal(learnedAt(NOON + 2 * HOUR_MS), undefined);
      assert.equal(estimator.answer({ cry: id, reason: 'tired', at: NOON + HOUR_MS }), 'counted');
      assert.equal(estimator.estimate(cryAt(NOON + 3 * HOUR_MS)).accuracy, 0, 'hunger was likelier');
    });
  });

  it('takes an answer for a fact: it was hunger, so the baby was fed', () => {
    const text = taught(['hungry'])
      .estimate(cryAt(NOON + HOUR_MS))
      .contributions.map(c => c.text)
      .join('\n');
    assert.match(text, /^An answer suggests a feed 55 min ago: /m);
    assert.doesNotMatch(text, /last feed/, 'nobody told of one');
  });

  it('knows whether the last feed was told, or follows from an answer', () => {
    const estimator = taught(['hungry']);
    const now = NOON + HOUR_MS;
    const implied = estimator.lastFed(now)!;
    assert.equal(implied.isImplied, true);
    estimator.tell({ kind: 'feed', at: now - 60_000 });
    assert.deepEqual(estimator.lastFed(now), { at: now - 60_000, isImplied: false });
    assert.deepEqual(estimator.lastFed(now - 120_000), implied);
    assert.equal(new ReasonEstimator(MIA).lastFed(now), undefined);
  });

  it('takes a feed that was told for the one that an answer suggests, where both are of one occasion', () => {
    const told = (at: number): ReasonEstimator => {
      const estimator = taught(['hungry']);
      estimator.tell({ kind: 'feed', at });
      return estimator;
    };
    const now = NOON + HOUR_MS;
    // The cry lasted from noon for five minutes.
    for (const minutes of [0, 3, 5, 15]) {
      const at = NOON + minutes * MINUTE_MS;
      const estimator = told(at);
      assert.deepEqual(estimator.lastFed(now), { at, isImplied: false });
      const texts = estimator.estimate(cryAt(now)).contributions.map(({ text }) => text);
      assert.doesNotMatch(texts.join('\n'), /An answer suggests a feed/);
    }
    // A feed before the cry is another one.
    assert.equal(told(NOON - MINUTE_MS).lastFed(now)!.isImplied, true);
  });

  it('keeps a fact told twice under one id once, at its later telling', () => {
    const estimator = new ReasonEstimator(MIA);
    estimator.tell({ kind: 'feed', at: NOON, id: 'f1' });
    estimator.tell({ kind: 'feed', at: NOON - HOUR_MS, id: 'f1' });
    assert.deepEqual(estimator.memory.facts, [{ kind: 'feed', at: NOON - HOUR_MS, id: 'f1' }]);
    assert.deepEqual([estimator.forget('f1'), estimator.forget('f1')], [true, false]);
    assert.deepEqual(estimator.memory.facts, []);
  });

  it('learns from the voice only what it earned', () => {
    const random = new Random(1);
    const estimator = new ReasonEstimator(MIA);
    const voices = (['hungry', 'lonely'] as const).map(reason => ({
      reason,
      voice: Float32Array.from({ length: 256 }, () => random.normal()),
    }));
    const cryOf = (n: number, voice: Float32Array): CryEvent => ({
      ...cryAt(NOON + 4 * n * HOUR_MS),
      embedding: voice.map(value => value + random.normal()),
    });
    for (let n = 0; n < 40; n++) {
      const { reason, voice } = random.pick(voices);
      const cry = cryOf(n, voice);
      estimator.estimate(cry);
      estimator.answer(answer(cry, reason));
    }
    for (const { reason, voice } of voices) {
      const { label, contributions } = estimator.estimate(cryOf(50, voice));
      assert.equal(label, reason);
      assert.ok(contributions.some(({ text }) => text.startsWith('Answered cries that sounded like this')));
    }
  });

  it('estimates what all nodes take, whatever a cry sounds like: one that is refused would never end', () => {
    const random = new Random(1);
    const estimator = new ReasonEstimator(MIA);
    const voices = (['hungry', 'burping'] as const).map(reason => ({
      reason,
      voice: Float32Array.from({ length: 256 }, () => random.normal()),
    }));
    const cryOf = (n: number, voice: Float32Array, spread: number): CryEvent => ({
      ...cryAt(NOON + n * HOUR_MS),
      embedding: voice.map(value => value + spread * random.normal()),
    });
    // Cries that are all alike, and then one through a blanket, or none at all.
    for (let n = 0; n < 12; n++) {
      const { reason, voice } = voices[n % 2];
      const cry = cryOf(n, voice, 0.02);
      estimator.estimate(cry);
      estimator.answer(answer(cry, reason));
    }
    for (const spread of [0, 1, 20, 1000]) {
      const cry = cryOf(13, voices[0].voice, spread);
      const reason = estimator.estimate(cry);
      assert.doesNotThrow(() => readCryEvent({ ...cry, reason }), String(spread));
      for (const { factor } of reason.contributions) assert.ok(factor <= 1000.1 && factor >= 0.00099);
    }
  });

  it('is updated within 50 ms after 500 answers', () => {
    const random = new Random(1);
    const estimator = new ReasonEstimator(MIA);
    const { memory } = taught(['hungry', 'tired', 'lonely', 'burping'], estimator);
    const embedding = Buffer.alloc(512, 1).toString('base64');
    const cries = Array.from({ length: 500 }, (_, i) => {
      const cry = memory.cries[random.integer(4)];
      return { ...cry, id: `cot@${i}`, onset: NOON + i * HOUR_MS, embedding };
    });
    const full = new ReasonEstimator(MIA, { ...memory, cries });
    full.estimate(next);
    const times = Array.from({ length: 5 }, (_, i) => {
      const begin = process.cpuUsage();
      full.answer({ cry: 'cot@499', reason: i % 2 === 0 ? 'tired' : 'hungry', at: next.onset + i });
      full.estimate(next);
      return process.cpuUsage(begin).user / 1000;
    });
    assert.ok(Math.min(...times) < 50, times.join());
  });
});

describe('BabyMemory', () => {
  const memory = taught(['hungry', 'tired']).memory;

  it('goes through JSON and on as if nothing had been', () => {
    const again = new ReasonEstimator(MIA, JSON.parse(JSON.stringify(memory)));
    assert.deepEqual(again.memory, memory);
    assert.deepEqual(again.estimate(next), taught(['hungry', 'tired']).estimate(next));
  });

  it('is a copy: nothing done to it changes the estimator', () => {
    const estimator = new ReasonEstimator(MIA, memory);
    estimator.withdraw(memory.cries[0].id);
    assert.equal(memory.cries[0].answer?.reason, 'hungry');
  });

  it('keeps the last 500 answered cries and 100 that wait', () => {
    const estimator = new ReasonEstimator(MIA);
    for (let n = 0; n < 130; n++) hear(estimator, n);
    assert.equal(estimator.memory.cries.length, 100);
  });

  const [cry] = memory.cries;
  const damaged: [string, unknown, RegExp][] = [
    ['nothing', null, /null; expected an object/],
    ['a list', [], /version is missing/],
    ['a newer version', { ...memory, version: 2 }, /version 2.*update/],
    ['no facts', { ...memory, facts: undefined }, /facts is missing/],
    ['an impossible fact', { ...memory, facts: [{ kind: 'feed', at: 'noon' }] }, /facts\.0\.at is 'noon'/],
    ['a fact that is none', { ...memory, facts: [null] }, /facts\.0 is null/],
    ['no cries', { ...memory, cries: {} }, /cries is of type object; expected a list/],
    ['a cry without id', { ...memory, cries: [{ ...cry, id: 1 }] }, /cries\.0\.id is 1/],
    [
      'an unknown answer',
      { ...memory, cries: [cry, { ...cry, answer: { reason: 'bored' } }] },
      /cries\.1\.answer\.reason is 'bored'/,
    ],
    [
      'probabilities of 0',
      {
        ...memory,
        cries: [{ ...cry, said: { ...cry.said, told: { ...cry.said.told, general: [1, 0, 0, 0, 0, 0] } } }],
      },
      /cries\.0\.said\.told\.general is .*; expected a list of 6 probabilities/,
    ],
    [
      'too few features',
      { ...memory, cries: [{ ...cry, said: { ...cry.said, features: [1] } }] },
      /cries\.0\.said\.features/,
    ],
  ];
  for (const [name, value, message] of damaged) {
    it(`is refused when it is ${name}`, () => {
      assert.throws(
        () => new ReasonEstimator(MIA, value),
        (error: unknown) =>
          error instanceof DeepInfantError &&
          ['memory', 'invalid'].includes(error.code) &&
          message.test(error.message),
      );
    });
  }
});
