import assert from 'node:assert/strict';
import { Random } from '../../src/maths/random.js';
import { ReasonEstimator } from '../../src/baby/estimator.js';
import { mixJudgements, nameReason, type Judgement } from '../../src/reason/judgement.js';
import { WhichBaby } from '../../src/reason/which-baby.js';
import { REASONS, type BabyEstimate, type CryEvent } from '../../src/values.js';
import { cryAt, HOUR_MS, MINUTE_MS } from './cries.js';

const NOON = new Date(2026, 0, 31, 12).getTime();
const NAMES = ['Mia', 'Leo'];
/** Length of CryNet's embedding. */
const LENGTH = 256;

/** Two babies in a room, whose voices are so far apart: in standard deviations of one cry. */
class Twins {
  readonly babies = new Map(NAMES.map(name => [name, new ReasonEstimator({ name })]));
  private readonly random = new Random(5);
  private readonly voices: Map<string, Float32Array>;
  private cries = 0;

  constructor(apart: number) {
    const size = apart / Math.sqrt(2 * LENGTH);
    this.voices = new Map(NAMES.map(name => [name, this.vector(size)]));
  }

  /** One of them cries, and it is told which. */
  cry(name: string): BabyEstimate {
    const { event, who } = this.hear(name);
    for (const [other, baby] of this.babies) baby.setOwner(event.id, other === name, event.onset + MINUTE_MS);
    return who;
  }

  hear(name: string): { event: CryEvent; who: BabyEstimate } {
    const voice = this.voices.get(name)!;
    const noise = this.vector(1);
    const event = {
      ...cryAt(NOON + this.cries++ * HOUR_MS),
      embedding: voice.map((value, i) => value + noise[i]),
    };
    const { who, said } = this.which.estimate(event.embedding);
    for (const baby of this.babies.values()) baby.judge(event, said);
    return { event, who };
  }

  get which(): WhichBaby {
    return new WhichBaby(new Map([...this.babies].map(([name, baby]) => [name, baby.memory.cries])));
  }

  private vector(size: number): Float32Array {
    return Float32Array.from({ length: LENGTH }, () => size * this.random.normal());
  }
}

describe('WhichBaby', () => {
  it('names nobody before somebody told who cried', () => {
    const { who } = new Twins(10).hear('Mia');
    assert.deepEqual(who, {
      label: 'unsure',
      probabilities: { Mia: 0.5, Leo: 0.5 },
      learnedFrom: 0,
      accuracy: null,
      baselineAccuracy: null,
    });
  });

  it('names who cries once the voices told it, and says how often they did', () => {
    const twins = new Twins(20);
    const said = Array.from({ length: 40 }, (_, i) => twins.cry(NAMES[i % 2]));
    assert(said.slice(0, 4).every(({ label }) => label === 'unsure'));
    const late = said.slice(20);
    assert(late.every(({ label }, i) => label === NAMES[i % 2]));
    const { learnedFrom, accuracy, baselineAccuracy, label, probabilities } = twins.hear('Leo').who;
    assert.deepEqual([label, learnedFrom], ['Leo', 40]);
    assert(probabilities.Leo > 0.9 && Math.abs(probabilities.Leo + probabilities.Mia - 1) < 1e-9);
    assert(accuracy! > 0.8 && baselineAccuracy! <= 0.5, `${accuracy}, ${baselineAccuracy}`);
  });

  it('names nobody where voices are alike, but knows who cries more', () => {
    const twins = new Twins(0);
    for (let i = 0; i < 60; i++) assert.equal(twins.cry(i % 3 === 0 ? 'Leo' : 'Mia').label, 'unsure');
    const { probabilities, baselineAccuracy } = twins.hear('Leo').who;
    assert(Math.abs(probabilities.Mia - 2 / 3) < 0.02, String(probabilities.Mia));
    assert(baselineAccuracy! > 0.6);
  });

  it('goes by who cries more where an event has no embedding, or a broken one', () => {
    for (const told of [0, 40]) {
      const twins = new Twins(20);
      for (let i = 0; i < told; i++) twins.cry(NAMES[i % 2]);
      const broken = new Float32Array(LENGTH).fill(NaN);
      for (const embedding of [new Float32Array(0), {}, undefined, broken])
        assert.deepEqual(twins.which.estimate(embedding).said, {
          voice: { Mia: 0.5, Leo: 0.5 },
          commonest: { Mia: 0.5, Leo: 0.5 },
        });
    }
  });

  it('is never certain, whatever it hears', () => {
    const twins = new Twins(20);
    for (let i = 0; i < 40; i++) twins.cry(NAMES[i % 2]);
    const { voice } = twins.which.estimate(new Float32Array(LENGTH).fill(5e4)).said;
    assert(
      Object.values(voice).every(p => p > 0.004 && p < 0.996),
      JSON.stringify(voice),
    );
  });

  it('answers within 50 ms after 150 cries', () => {
    const twins = new Twins(2);
    for (let i = 0; i < 150; i++) twins.cry(NAMES[i % 2]);
    const { embedding } = twins.hear('Mia').event;
    const times = Array.from({ length: 5 }, () => {
      const begin = process.cpuUsage();
      twins.which.estimate(embedding);
      return process.cpuUsage(begin).user / 1000;
    });
    assert(Math.min(...times) < 50, times.join(' ms, '));
  });
});

describe("another baby's cry", () => {
  function heard(): { estimator: ReasonEstimator; id: string } {
    const estimator = new ReasonEstimator({ name: 'Mia' });
    const cry = cryAt(NOON);
    estimator.estimate(cry);
    estimator.estimate({ ...cry, state: 'ended', offset: NOON + 5 * MINUTE_MS });
    return { estimator, id: cry.id };
  }
  const next = cryAt(NOON + 2 * HOUR_MS);

  it('teaches nothing, neither by an answer nor by what was done', () => {
    const { estimator, id } = heard();
    const expected = new ReasonEstimator({ name: 'Mia' });
    for (const baby of [estimator, expected]) baby.tell({ kind: 'feed', at: NOON + 4 * MINUTE_MS });
    estimator.answer({ cry: id, reason: 'hungry', at: NOON });
    assert.equal(estimator.setOwner(id, false, NOON + 1), 'counted');
    assert.deepEqual(estimator.estimate(next), expected.estimate(next));
  });

  it('is its own again when that is said later, and has one outcome for what comes twice or out of order', () => {
    const { estimator, id } = heard();
    const outcomes = [
      estimator.setOwner(id, false, 5),
      estimator.setOwner(id, false, 6),
      estimator.setOwner(id, true, 4),
      estimator.setOwner(id, true, 7),
      estimator.setOwner('cot@1', true, 7),
    ];
    assert.deepEqual(outcomes, ['counted', 'repeated', 'outdated', 'replaced', 'unknown-cry']);
    assert.deepEqual(estimator.memory.cries[0].owner, { isMine: true, at: 7 });
    assert.equal(estimator.withdraw(id), true);
    assert.equal(estimator.memory.cries[0].owner, undefined);
  });

  it('goes through JSON', () => {
    const { estimator, id } = heard();
    estimator.setOwner(id, true, 5);
    const json = JSON.stringify(estimator.memory);
    assert.deepEqual(new ReasonEstimator({ name: 'Mia' }, JSON.parse(json)).memory, estimator.memory);
    const damaged = json.replace('"isMine":true', '"isMine":1');
    assert.throws(() => new ReasonEstimator({ name: 'Mia' }, JSON.parse(damaged)), { code: 'invalid' });
  });
});

describe('the reason of one of several babies', () => {
  const hungry = judgementAfter('hungry');
  const tired = judgementAfter('tired');

  function judgementAfter(reason: 'hungry' | 'tired'): Judgement {
    const estimator = new ReasonEstimator({ name: '' });
    const kind = reason === 'hungry' ? 'feed' : 'wake';
    estimator.tell({ kind, at: NOON - 4 * HOUR_MS });
    return estimator.judge(cryAt(NOON));
  }

  it('counts each as much as it is likely to be that baby', () => {
    const estimate = nameReason(
      mixJudgements([
        { name: 'Mia', chance: 0.75, judgement: hungry },
        { name: 'Leo', chance: 0.25, judgement: tired },
      ]),
    );
    REASONS.forEach((reason, i) => {
      const expected = 0.75 * hungry.probabilities[i] + 0.25 * tired.probabilities[i];
      assert(Math.abs(estimate.probabilities[reason] - expected) < 1e-12);
    });
    const texts = estimate.contributions.map(({ text }) => text);
    assert(texts.some(text => text.startsWith('Mia – The last feed was 4 h ago')));
    assert(texts.some(text => text.startsWith('Leo – Awake for 4 h')));
  });
});
