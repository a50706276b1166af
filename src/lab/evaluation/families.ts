import { Family } from '../synth/family.js';
import { ReasonEstimator } from '../../baby/estimator.js';
import type { ContextFact } from '../../reason/facts.js';
import { CARE } from '../../baby/history.js';
import { sharesOf } from '../../reason/prior.js';
import { accuracyOf, claimOf, expectedCalibrationError, type Claim } from '../../maths/reliability.js';
import { mean } from '../../maths/statistics.js';
import { REASONS, type CryEvent, type Reason } from '../../values.js';
import { bootstrapIntervals, type Interval } from './bootstrap.js';
import { plot } from '../../pictures/plot.js';

/** Numbers of answers after which families are judged. */
export const MOMENTS = [0, 5, 15, 30, 60] as const;

/** Cries to judge a family by at a moment: from so many possible futures, none of which teaches anything. */
const FUTURES = 4;
const CRIES_OF_FUTURE = 40;

/** Probabilities of hunger at which somebody may want a notification. */
const STRICTNESSES = [0.5, 0.6, 0.7, 0.8];
const HUNGRY = REASONS.indexOf('hungry');

/** The model, and what it must beat: the commonest reason so far, overall and by the time since the last feed. */
export type Rival = 'model' | 'commonest' | 'sinceFeed';

/** What was predicted for a new cry when it began. */
interface Judged {
  /** Its true reason, as an index of REASONS. */
  label: number;
  told: Record<Rival, number[]>;
  named: Reason | 'unsure';
  uses: 'general' | 'personal';
}

/** A family's new cries at each of MOMENTS. */
export type FamilyResult = Judged[][];

/**
 * Follows a family until its 60th answer, and at each moment judges the predictions for its next days.
 * @param wrong share of answers that are wrong, in [0, 1]
 */
export function judgeFamily(seed: number, wrong: number): FamilyResult {
  const family = new Family({ seed, wrong });
  const estimator = new ReasonEstimator({ name: '', birthDate: family.birthDate });
  const baselines = new Baselines();
  const moments: FamilyResult = [];
  let answers = 0;
  for (;;) {
    if (answers === MOMENTS[moments.length]) moments.push(judgeFutures(family, estimator, baselines));
    if (moments.length === MOMENTS.length) return moments;
    const happens = family.next();
    switch (happens.kind) {
      case 'fact':
        estimator.tell(happens.fact);
        baselines.addFact(happens.fact);
        break;
      case 'cry':
        estimator.estimate(happens.event);
        baselines.addCry(happens.event);
        break;
      case 'answer':
        estimator.answer(happens.answer);
        baselines.addAnswer(happens.answer.cry, happens.answer.reason);
        answers++;
    }
  }
}

function judgeFutures(family: Family, estimator: ReasonEstimator, past: Baselines): Judged[] {
  const judged: Judged[] = [];
  for (let f = 0; f < FUTURES; f++) {
    const future = family.branch(f);
    const judge = new ReasonEstimator({ name: '', birthDate: family.birthDate }, estimator.memory);
    const baselines = past.branch();
    const tell = (fact: ContextFact): void => {
      judge.tell(fact);
      baselines.addFact(fact);
    };
    const ends = new Map<string, number>();
    for (let cries = 0; cries < CRIES_OF_FUTURE;) {
      const happens = future.next();
      if (happens.kind === 'fact') tell(happens.fact);
      else if (happens.kind === 'answer') {
        // Here it teaches nothing, but it shows what was done.
        const kind = CARE[happens.answer.reason];
        const at = ends.get(happens.answer.cry);
        if (kind && at !== undefined) tell({ kind, at });
      } else if (happens.event.offset !== undefined) {
        ends.set(happens.event.id, happens.event.offset);
      } else {
        const { label, probabilities, uses } = judge.estimate(happens.event);
        judged.push({
          label: REASONS.indexOf(happens.reason),
          told: {
            model: REASONS.map(reason => probabilities[reason]),
            ...baselines.predict(happens.event.onset),
          },
          named: label,
          uses,
        });
        cries++;
      }
    }
  }
  return judged;
}

/** Upper ends of the slots of time since a feed, in hours. */
const SLOTS_H = [0.5, 1, 1.5, 2, 3, 4, 24, Infinity];
/** Answers of all slots count as much as this many in the slot itself: the best of 4 to 32. */
const SLOT_ANSWERS = 16;

/** What an estimate must beat, learned from the same answers and feeds. */
class Baselines {
  private feeds: number[] = [];
  private readonly cries = new Map<string, CryEvent>();
  private readonly answers: { label: number; slot: number; weight: number }[] = [];

  addFact({ kind, at }: ContextFact): void {
    if (kind === 'feed') this.feeds.push(at);
  }

  addCry(event: CryEvent): void {
    this.cries.set(event.id, event);
  }

  addAnswer(cryId: string, reason: Reason): void {
    const { onset, offset } = this.cries.get(cryId)!;
    this.answers.push({ label: REASONS.indexOf(reason), slot: this.slotAt(onset), weight: 1 });
    if (reason === 'hungry') this.feeds.push(offset!);
  }

  predict(onset: number): Record<'commonest' | 'sinceFeed', number[]> {
    const commonest = sharesOf(this.answers);
    const slot = this.slotAt(onset);
    const alike = this.answers.filter(answer => answer.slot === slot);
    const sinceFeed = commonest.map(
      (share, reason) =>
        (alike.filter(({ label }) => label === reason).length + SLOT_ANSWERS * share) /
        (alike.length + SLOT_ANSWERS),
    );
    return { commonest, sinceFeed };
  }

  /** A copy that gets other feeds from now on. */
  branch(): Baselines {
    return Object.assign(new Baselines(), this, { feeds: [...this.feeds] });
  }

  private slotAt(onset: number): number {
    const last = this.feeds.reduce((latest, at) => (at <= onset ? Math.max(latest, at) : latest), -Infinity);
    return SLOTS_H.findIndex(hours => onset - last <= hours * 3_600_000);
  }
}

/** Figures of families' new cries at one of MOMENTS. Shares, accuracies and precisions are in [0, 1]. */
export interface MomentFigures {
  answers: number;
  /** Mean over the families, in nats. */
  logLoss: Record<Rival, number>;
  /** Share of the families in which the model's log loss is less than both rivals'. */
  betterShare: number;
  /** Expected calibration error of the likeliest reason, over the cries of all families. */
  ece: number;
  unsureShare: number;
  accuracyWhenSure: number;
  /** 95% interval over the families. */
  betterShareInterval: Interval;
  /** Share of the cries whose likeliest reason is the true one, and whose commonest one is. */
  accuracy: number;
  commonestAccuracy: number;
  /** Share of the cries that the personal model judged. */
  personalShare: number;
  /** Cries with at least this probability of hunger: how many, their mean probability, and the share that is hunger. */
  hungry: { strictness: number; cries: number; told: number; precision: number }[];
}

export function figuresOfFamilies(families: readonly FamilyResult[]): MomentFigures[] {
  return MOMENTS.map((answers, m) => {
    const cries = families.flatMap(moments => moments[m]);
    const losses = families.map((moments, i) => ({ group: String(i), loss: lossesOf(moments[m]) }));
    const named = cries.filter(cry => cry.named !== 'unsure');
    const claims = claimsOf(cries, 'model');
    return {
      answers,
      logLoss: {
        model: mean(losses.map(({ loss }) => loss.model)),
        commonest: mean(losses.map(({ loss }) => loss.commonest)),
        sinceFeed: mean(losses.map(({ loss }) => loss.sinceFeed)),
      },
      betterShare: betterShareOf(losses),
      ece: expectedCalibrationError(claims),
      unsureShare: 1 - named.length / cries.length,
      accuracyWhenSure: mean(named.map(cry => Number(cry.named === REASONS[cry.label]))),
      betterShareInterval: bootstrapIntervals(losses, sample => [betterShareOf(sample)])[0],
      accuracy: accuracyOf(claims),
      commonestAccuracy: accuracyOf(claimsOf(cries, 'commonest')),
      personalShare: mean(cries.map(({ uses }) => Number(uses === 'personal'))),
      hungry: STRICTNESSES.map(strictness => {
        const notified = cries.filter(({ told }) => told.model[HUNGRY] >= strictness);
        return {
          strictness,
          cries: notified.length,
          told: mean(notified.map(({ told }) => told.model[HUNGRY])),
          precision: mean(notified.map(({ label }) => Number(label === HUNGRY))),
        };
      }),
    };
  });
}

function lossesOf(cries: readonly Judged[]): Record<Rival, number> {
  const loss = (rival: Rival): number => mean(cries.map(({ told, label }) => -Math.log(told[rival][label])));
  return { model: loss('model'), commonest: loss('commonest'), sinceFeed: loss('sinceFeed') };
}

function betterShareOf(families: readonly { loss: Record<Rival, number> }[]): number {
  return mean(families.map(({ loss }) => Number(loss.model < Math.min(loss.commonest, loss.sinceFeed))));
}

function claimsOf(cries: readonly Judged[], rival: Rival): Claim[] {
  return cries.map(({ told, label }) => claimOf(told[rival], label));
}

/** The figures as rows of a table, the first its head. */
export function familyTable(figures: readonly MomentFigures[]): string[][] {
  const percent = (share: number): string => `${(100 * share).toFixed(0)}%`;
  const column = (name: string, cell: (moment: MomentFigures) => string): string[] => [
    name,
    ...figures.map(cell),
  ];
  return [
    column('answers so far', ({ answers }) => String(answers)),
    column('log loss: model', ({ logLoss }) => logLoss.model.toFixed(3)),
    column('  the commonest so far', ({ logLoss }) => logLoss.commonest.toFixed(3)),
    column('  by time since the feed', ({ logLoss }) => logLoss.sinceFeed.toFixed(3)),
    column('families where it beats both', ({ betterShare }) => percent(betterShare)),
    column('  95% interval', ({ betterShareInterval }) => betterShareInterval.map(percent).join(' to ')),
    column('calibration error', ({ ece }) => ece.toFixed(3)),
    column('likeliest reason right', ({ accuracy }) => percent(accuracy)),
    column('  the commonest so far', ({ commonestAccuracy }) => percent(commonestAccuracy)),
    column('unsure', ({ unsureShare }) => percent(unsureShare)),
    column('right when it names a reason', ({ accuracyWhenSure }) => percent(accuracyWhenSure)),
    column('personal model used', ({ personalShare }) => percent(personalShare)),
    ...STRICTNESSES.map((strictness, i) =>
      column(`hunger at ${percent(strictness)} or more`, ({ hungry }) =>
        hungry[i].cries > 0
          ? `${percent(hungry[i].told)} said, ${percent(hungry[i].precision)} true, of ${hungry[i].cries}`
          : 'never',
      ),
    ),
  ];
}

/** How often the likeliest reason and the commonest one are right, and how often the model is unsure, by answers. */
export function familyPlot(figures: readonly MomentFigures[]): string {
  const line = (of: (moment: MomentFigures) => number): { x: number; y: number }[] =>
    figures.map(moment => ({ x: moment.answers, y: 100 * of(moment) }));
  return plot({
    title: 'How often the reason is right, in simulated families',
    x: {
      label: 'answers so far',
      from: 0,
      ticks: figures.map(({ answers }) => ({ at: answers, text: String(answers) })),
    },
    y: { label: 'cries (%)', from: 0, to: 100 },
    series: [
      { name: 'the likeliest reason is right', mark: 'line', points: line(m => m.accuracy) },
      {
        name: 'the commonest reason so far is right',
        mark: 'dashed',
        points: line(m => m.commonestAccuracy),
      },
      { name: 'it is unsure', mark: 'dots', points: line(m => m.unsureShare) },
    ],
  });
}
