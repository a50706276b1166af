import { Family } from '../dataset/synth/family.js';
import { ReasonEstimator } from '../reason/estimator.js';
import type { ContextFact } from '../reason/facts.js';
import { CARE } from '../reason/history.js';
import { sharesOf } from '../reason/prior.js';
import { calibrationErrorOf, claimOf } from '../reason/record.js';
import { REASONS, type CryEvent, type Reason } from '../values.js';
import { bootstrapIntervals, type Interval } from './bootstrap.js';

/** Numbers of answers after which families are judged. */
export const MOMENTS = [0, 5, 15, 30, 60] as const;

/** Cries that judge a family at a moment: of so many futures of a few days each, none of which teaches anything. */
const FUTURES = 6;
const CRIES_OF_FUTURE = 30;
/** At which 'notify when hungry' is judged. */
export const STRICTNESSES = [0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** The model, and what it must be better than. */
export const RIVALS = ['model', 'commonest', 'sinceFeed'] as const;
export type Rival = (typeof RIVALS)[number];

/** What was said of a fresh cry, with its true reason. */
interface Judged {
  label: number;
  told: Record<Rival, number[]>;
  named: Reason | 'unsure';
  uses: 'general' | 'personal';
}

/** How a family's fresh cries were judged at each of MOMENTS. */
export interface FamilyResult {
  moments: Judged[][];
  /** Longest time that an answer and the estimate after it took, in ms. */
  updateMs: number;
}

/** Lives with a family until its 60th answer, and judges at each moment what is said of its next days. */
export function judgeFamily(seed: number, wrong: number): FamilyResult {
  const family = new Family({ seed, wrong });
  const estimator = new ReasonEstimator({ name: '', birthDate: family.birthDate });
  const baselines = new Baselines();
  const moments: Judged[][] = [];
  let answers = 0;
  let updateMs = 0;
  for (;;) {
    if (answers === MOMENTS[moments.length]) moments.push(judgeFutures(family, estimator, baselines));
    if (moments.length === MOMENTS.length) return { moments, updateMs };
    const happens = family.next();
    switch (happens.kind) {
      case 'fact':
        estimator.tell(happens.fact);
        baselines.tell(happens.fact);
        break;
      case 'cry':
        estimator.estimate(happens.event);
        baselines.hear(happens.event);
        break;
      case 'answer': {
        const begin = performance.now();
        estimator.answer(happens.answer);
        updateMs = Math.max(updateMs, performance.now() - begin);
        baselines.learn(happens.answer.cryId, happens.answer.reason);
        answers++;
      }
    }
  }
}

function judgeFutures(family: Family, estimator: ReasonEstimator, baselines: Baselines): Judged[] {
  const judged: Judged[] = [];
  for (let f = 0; f < FUTURES; f++) {
    const future = family.branch(f + 1);
    const judge = new ReasonEstimator({ name: '', birthDate: family.birthDate }, estimator.memory);
    const facts = baselines.branch();
    const tell = (fact: ContextFact): void => {
      judge.tell(fact);
      facts.tell(fact);
    };
    const ends = new Map<string, number>();
    for (let cries = 0; cries < CRIES_OF_FUTURE;) {
      const happens = future.next();
      if (happens.kind === 'fact') tell(happens.fact);
      else if (happens.kind === 'answer') {
        // It teaches nothing here; but what was done is known now.
        const kind = CARE[happens.answer.reason];
        const at = ends.get(happens.answer.cryId);
        if (kind && at !== undefined) tell({ kind, at });
      } else if (happens.event.offset !== undefined) {
        ends.set(happens.event.id, happens.event.offset);
      } else {
        const { label, probabilities, uses } = judge.estimate(happens.event);
        judged.push({
          label: REASONS.indexOf(happens.reason),
          told: { model: REASONS.map(reason => probabilities[reason]), ...facts.say(happens.event.onset) },
          named: label,
          uses,
        });
        cries++;
      }
    }
  }
  return judged;
}

/**
 * What an estimate must be better than, learned from the same answers: how common each reason was so far, and the same
 * by time since the last feed.
 */
class Baselines {
  private feeds: number[] = [];
  private readonly slotOfCry = new Map<string, number>();
  private readonly answers = new Map<string, { label: number; slot: number; weight: number }>();

  tell({ kind, at }: ContextFact): void {
    if (kind === 'feed') this.feeds.push(at);
  }

  hear({ id, state, onset }: CryEvent): void {
    if (state === 'started') this.slotOfCry.set(id, this.slotAt(onset));
  }

  learn(cryId: string, reason: Reason): void {
    const slot = this.slotOfCry.get(cryId)!;
    this.answers.set(cryId, { label: REASONS.indexOf(reason), slot, weight: 1 });
  }

  say(onset: number): Record<'commonest' | 'sinceFeed', number[]> {
    const answers = [...this.answers.values()];
    const commonest = sharesOf(answers);
    const slot = this.slotAt(onset);
    const alike = answers.filter(answer => answer.slot === slot);
    const sinceFeed = commonest.map(
      (share, reason) =>
        (alike.filter(({ label }) => label === reason).length + SLOT_ANSWERS * share) /
        (alike.length + SLOT_ANSWERS),
    );
    return { commonest, sinceFeed };
  }

  /** Hears of other facts from now on. */
  branch(): Baselines {
    const other = new Baselines();
    Object.assign(other, this, { feeds: [...this.feeds] });
    return other;
  }

  private slotAt(onset: number): number {
    const last = this.feeds.reduce((latest, at) => (at <= onset && at > latest ? at : latest), -Infinity);
    return SLOTS_H.findIndex(hours => (onset - last) / 3_600_000 < hours);
  }
}

/** Upper ends of the times since a feed that are told apart, in hours. */
const SLOTS_H = [0.5, 1, 1.5, 2, 3, 4, 24, Infinity];
/** So many answers of all times count as much as those of one slot. */
const SLOT_ANSWERS = 16;

/** What is printed of the families at one of MOMENTS. */
export interface MomentFigures {
  answers: number;
  /** Mean over the families, in nats. */
  logLoss: Record<Rival, number>;
  /** Share of the families in which the model's log loss is less than each rival's, and its 95 % interval. */
  betterShare: number;
  /** Of all cries. */
  ece: number;
  unsureShare: number;
  accuracyWhenSure: number;
  betterShareInterval: Interval;
  /** Share right of the likeliest reasons, named or not, and of the commonest. */
  accuracy: number;
  commonestAccuracy: number;
  personalShare: number;
  /** Of cries of which hunger is as likely as a strictness: their number, how likely it was told to be, and how many are hungry. */
  hungry: { strictness: number; share: number; told: number; precision: number }[];
}

export function figuresOf(families: readonly FamilyResult[]): MomentFigures[] {
  return MOMENTS.map((answers, m) => {
    const cries = families.flatMap(({ moments }) => moments[m]);
    const losses = families.map(({ moments }, i) => ({
      group: String(i),
      loss: lossesOf(moments[m]),
    }));
    const share = (some: readonly { loss: Record<Rival, number> }[]): number =>
      mean(some.map(({ loss }) => Number(loss.model < Math.min(loss.commonest, loss.sinceFeed))));
    const named = cries.filter(cry => cry.named !== 'unsure');
    const claims = cries.map(({ told, label }) => claimOf(told.model, label));
    return {
      answers,
      logLoss: Object.fromEntries(
        RIVALS.map(rival => [rival, mean(losses.map(({ loss }) => loss[rival]))]),
      ) as Record<Rival, number>,
      betterShare: share(losses),
      ece: calibrationErrorOf(claims)!,
      unsureShare: 1 - named.length / cries.length,
      accuracyWhenSure: mean(named.map(cry => Number(cry.named === REASONS[cry.label]))),
      betterShareInterval: bootstrapIntervals(losses, sample => [share(sample)])[0],
      accuracy: mean(claims.map(({ isRight }) => Number(isRight))),
      commonestAccuracy: mean(cries.map(({ told, label }) => Number(claimOf(told.commonest, label).isRight))),
      personalShare: mean(cries.map(({ uses }) => Number(uses === 'personal'))),
      hungry: STRICTNESSES.map(strictness => {
        const notified = cries.filter(({ told }) => told.model[HUNGRY] >= strictness);
        return {
          strictness,
          share: notified.length / cries.length,
          told: mean(notified.map(({ told }) => told.model[HUNGRY])),
          precision: mean(notified.map(({ label }) => Number(label === HUNGRY))),
        };
      }),
    };
  });
}

const HUNGRY = REASONS.indexOf('hungry');

function lossesOf(cries: readonly Judged[]): Record<Rival, number> {
  const loss = (rival: Rival): number => mean(cries.map(({ told, label }) => -Math.log(told[rival][label])));
  return { model: loss('model'), commonest: loss('commonest'), sinceFeed: loss('sinceFeed') };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
