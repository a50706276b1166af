import { DeepInfantError } from '../errors.js';
import { hourAt, wallClockAt } from '../wall-clock.js';
import type { EvidenceFact, Reason } from '../values.js';
import type { Evidence } from './evidence.js';
import { checkFact, type ContextFact, type ContextKind } from './facts.js';
import { returnsAfterH, type Need } from './rhythm.js';

export interface BabyProfile {
  name: string;
  /** ISO date, such as 2026-01-31. */
  birthDate?: string;
}

/** How much a single fact may count, for and against: people enter facts late or wrongly. */
const LARGEST_FACTOR = 5;
const LEAST_FACTOR = 1 / 15;
/** Share of feeds, sleeps and changes that nobody enters, where some are entered: an assumption. */
const UNTOLD = 0.2;
/** An older fact says nothing: others have surely followed that nobody entered. */
const OLDEST_FACT_H = 24;
/** Of each kind: two weeks of feeds, however often a thermometer reports. */
const FACTS_KEPT = 150;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Share of babies with colic (Wolke, Bilgin and Samara 2017, doi:10.1016/j.jpeds.2017.02.020), and its mean over 12 weeks. */
const COLIC: readonly (readonly [untilDays: number, share: number])[] = [
  [7 * 7, 0.21],
  [10 * 7, 0.11],
  [Infinity, 0.006],
];
const MEAN_COLIC = 0.15;

/** A sleep shorter than an infant's sleep cycle of about 50 minutes may not have rested the baby. */
const SLEEP_CYCLE_MS = 50 * MINUTE_MS;

/** Mean time after which air swallowed with a feed comes up: an assumption, from the advice to hold a baby upright after it. */
const BURP_MEAN_H = 1 / 3;

/** From this temperature on a baby has a fever (American Academy of Pediatrics, HealthyChildren.org, Fever and Your Baby). */
const FEVER_C = 38;
/** Range for a room to sleep in (The Lullaby Trust, Baby room temperature), with a tolerance of 2 degrees. */
const ROOM_C = [14, 22] as const;
/** Assumptions of how much likelier a fever, medicine and a room too warm or too cold make discomfort. */
const UNWELL_FACTOR = 2;
const MEDICINE_FACTOR = 1.5;
const ROOM_FACTOR = 1.5;

/** What is known of the time before a cry, for the model of this baby to learn from. */
export interface Situation {
  /** For each need, the time since it was met as a share of the time after which it returns; undefined when unknown. */
  shares: Partial<Record<Need, number>>;
  /** Whether the baby had slept for less than a sleep cycle, or longer; undefined when it was awake, or that is unknown. */
  asleep?: 'short' | 'long';
  /** Hours since the baby's last cry began; undefined when that is unknown. */
  sinceCryH?: number;
  /** Local time of day in hours, 0 to 24. */
  hour: number;
}

/** What was told about a baby. */
export class Context {
  private readonly birthMs: number | undefined;
  /** The facts that may still count, newest first. */
  facts: readonly ContextFact[] = [];

  /** @throws DeepInfantError `birth-date` when it is not an ISO date. */
  constructor({ name, birthDate }: BabyProfile, facts: readonly ContextFact[] = []) {
    for (const fact of facts) this.tell(fact);
    if (birthDate === undefined) return;
    this.birthMs = /^\d{4}-\d{2}-\d{2}$/.test(birthDate) ? Date.parse(birthDate) : NaN;
    if (Number.isNaN(this.birthMs)) {
      throw new DeepInfantError(
        'birth-date',
        `The birth date of ${name || 'the baby'} is '${birthDate}': write it as year-month-day, such as 2026-01-31.`,
      );
    }
  }

  /**
   * Adds a fact. Facts may come late and in any order; the latest 150 of each kind are kept.
   * @throws DeepInfantError `invalid` when kind, time or degrees cannot be
   */
  tell(told: ContextFact): void {
    const fact = checkFact(told);
    const others = this.facts.filter(({ id }) => fact.id === undefined || id !== fact.id);
    const after = others.findIndex(({ at }) => at < fact.at);
    others.splice(after < 0 ? others.length : after, 0, fact);
    const ofKind = others.filter(({ kind }) => kind === fact.kind);
    this.facts = ofKind.length > FACTS_KEPT ? others.filter(other => other !== ofKind.at(-1)) : others;
  }

  /** Removes the fact with an id. @returns whether there was one */
  forget(id: string): boolean {
    const before = this.facts.length;
    this.facts = this.facts.filter(fact => fact.id !== id);
    return this.facts.length < before;
  }

  /**
   * The circumstances at `cryMs`, in epoch ms.
   * @param implied facts that nobody told, but that follow from answers
   */
  at(cryMs: number, implied: readonly ContextFact[]): Circumstances {
    const all: KnownFact[] = [...this.facts, ...implied.map(fact => ({ ...fact, isImplied: true as const }))];
    const facts = all.filter(({ at }) => at <= cryMs).sort((a, b) => b.at - a.at);
    return new Circumstances(facts, cryMs, this.ageDays(cryMs));
  }

  /** Undefined when the birth date is unknown or after the cry. */
  private ageDays(cryMs: number): number | undefined {
    return this.birthMs === undefined || this.birthMs > cryMs ? undefined : (cryMs - this.birthMs) / DAY_MS;
  }
}

/** A fact that somebody told, or that follows from an answer. */
type KnownFact = ContextFact & { isImplied?: true };

/**
 * What the time of a cry, the baby's age and the facts say about the reason.
 *
 * Each need is a process with its own rate of cries. Given that the baby is crying now, the odds of a reason are its rate
 * now over its mean rate (competing risks): that is the factor given.
 */
class Circumstances {
  /** @param facts before the cry, newest first */
  constructor(
    private readonly facts: readonly KnownFact[],
    private readonly cryMs: number,
    private readonly ageDays: number | undefined,
  ) {}

  evidence(): Evidence[] {
    return [
      ...this.sinceFeed(),
      ...this.sinceSleepOrWake(),
      ...this.sinceChange(),
      ...this.unwell(),
      ...this.room(),
      ...this.colic(),
      timeOfDay(this.cryMs),
    ];
  }

  /** The same for the model of this baby. @param sinceCryH hours since the baby's last cry began */
  situation(sinceCryH: number | undefined): Situation {
    const turn = this.latest('sleep', 'wake');
    return {
      shares: {
        ...this.share('feed', this.latest('feed')),
        ...this.share('awake', turn?.kind === 'wake' ? turn : undefined),
        ...this.share('change', this.latest('change')),
      },
      ...(turn?.kind === 'sleep' && { asleep: this.since(turn) < SLEEP_CYCLE_MS ? 'short' : 'long' }),
      sinceCryH,
      hour: hourAt(this.cryMs),
    };
  }

  private sinceFeed(): Evidence[] {
    const feed = this.latest('feed');
    if (!feed) return [];
    const sinceH = this.since(feed) / HOUR_MS;
    const everyH = this.returnsAfterH('feed');
    const fact = this.care('feed', feed);
    // The rate of burps falls off exponentially; here relative to its mean between two feeds.
    const air =
      ((everyH / BURP_MEAN_H) * Math.exp(-sinceH / BURP_MEAN_H)) / (1 - Math.exp(-everyH / BURP_MEAN_H));
    const burp = this.latest('burp');
    return [
      piece('hungry', needRate(sinceH / everyH), fact),
      burp && burp.at >= feed.at
        ? piece('burping', half(0) * Math.min(1, half(air)), this.care('burp', burp))
        : piece('burping', half(air), fact),
    ];
  }

  private sinceSleepOrWake(): Evidence[] {
    const turn = this.latest('sleep', 'wake');
    if (!turn) return [];
    const sinceMs = this.since(turn);
    if (turn.kind === 'wake') {
      const rate = needRate(sinceMs / HOUR_MS / this.returnsAfterH('awake'));
      return [piece('tired', half(rate), { kind: 'awake', forS: wholeSeconds(sinceMs) })];
    }
    if (sinceMs < SLEEP_CYCLE_MS) return [];
    const asleep = { kind: 'asleep', forS: wholeSeconds(sinceMs), ...whetherImplied(turn) } as const;
    return [piece('tired', half(needRate(0)), asleep)];
  }

  private sinceChange(): Evidence[] {
    const change = this.latest('change');
    if (!change) return [];
    const rate = needRate(this.since(change) / HOUR_MS / this.returnsAfterH('change'));
    return [piece('discomfort', half(half(rate)), this.care('change', change))];
  }

  private unwell(): Evidence[] {
    const temperature = this.latest('temperature');
    const medicine = this.latest('medicine');
    return [
      ...(temperature && temperature.celsius! >= FEVER_C
        ? [piece('discomfort', UNWELL_FACTOR, { kind: 'fever', celsius: temperature.celsius! })]
        : []),
      ...(medicine
        ? [
            piece('discomfort', MEDICINE_FACTOR, {
              kind: 'medicine',
              agoS: wholeSeconds(this.since(medicine)),
            }),
          ]
        : []),
    ];
  }

  private room(): Evidence[] {
    const celsius = this.latest('room')?.celsius;
    if (celsius === undefined || (celsius >= ROOM_C[0] && celsius <= ROOM_C[1])) return [];
    return [piece('discomfort', ROOM_FACTOR, { kind: 'room', celsius })];
  }

  private colic(): Evidence[] {
    const days = this.ageDays;
    if (days === undefined) return [];
    const [, share] = COLIC.find(([untilDays]) => days < untilDays)!;
    return [piece('belly pain', half(share / MEAN_COLIC), { kind: 'age', days: Math.floor(days) })];
  }

  private care(kind: 'feed' | 'burp' | 'change', fact: KnownFact): EvidenceFact {
    return { kind, agoS: wholeSeconds(this.since(fact)), ...whetherImplied(fact) };
  }

  private latest(...kinds: ContextKind[]): KnownFact | undefined {
    return this.facts.find(fact => kinds.includes(fact.kind) && this.since(fact) < OLDEST_FACT_H * HOUR_MS);
  }

  private since({ at }: ContextFact): number {
    return this.cryMs - at;
  }

  private share(need: Need, met: ContextFact | undefined): { [need in Need]?: number } {
    return met ? { [need]: this.since(met) / HOUR_MS / this.returnsAfterH(need) } : {};
  }

  private returnsAfterH(need: Need): number {
    return returnsAfterH(need, this.facts, this.cryMs, this.ageDays);
  }
}

/**
 * Rate of cries from a need that returns, relative to its mean. If a baby's rhythm were known, the times between its
 * returns would have a Weibull distribution of shape 3, with a spread of 36% of their mean: the rate grows with the square
 * of the time. But babies, days and nights differ. The more time passes without a cry, the slower this rhythm must be, and
 * the rate levels off: a gamma frailty with variance 1/2 (Vaupel, Manton and Stallard 1979, doi:10.2307/2061224). And the
 * longer ago a fact is, the likelier it is that the need was met since and nobody entered it, which leaves the rate at its
 * mean.
 * @param share time since it was last known to be met, as a share of the mean time between returns
 */
function needRate(share: number): number {
  const SHAPE = 3;
  const GAMMA = 0.8929795; // gamma(1 + 1 / SHAPE): the mean of that distribution at scale 1
  const FRAILTY = 0.5;
  const slowed = 1 + FRAILTY * (GAMMA * share) ** SHAPE;
  const rate = (SHAPE * GAMMA ** SHAPE * share ** (SHAPE - 1)) / slowed;
  const notSince = slowed ** (-1 / FRAILTY);
  const untoldSince = UNTOLD * (1 - notSince);
  return (notSince * rate + untoldSince) / (notSince + untoldSince);
}

/**
 * The rate of a reason when one cause, at `rate`, makes up half of it and the rest is as usual. This holds for air, of which
 * not all comes from the last known feed; for sleep, whose start and end must both be entered; and for nappies, which are
 * half of what can be uncomfortable, and are mostly dry again when nobody entered a change.
 */
function half(rate: number): number {
  return (rate + 1) / 2;
}

/**
 * Unsettled crying clusters in the evening (St James-Roberts and Halil 1991, doi:10.1111/j.1469-7610.1991.tb01922.x). A
 * daily wave with a mean of 1; its height is an assumption.
 */
function timeOfDay(cryMs: number): Evidence {
  const PEAK_HOUR = 20;
  const HEIGHT = 0.5;
  const hour = hourAt(cryMs);
  const rate = 1 + HEIGHT * Math.cos(((hour - PEAK_HOUR) / 24) * 2 * Math.PI);
  const clock = new Date(wallClockAt(cryMs)).toISOString().slice(11, 16);
  return piece('belly pain', rate, { kind: 'hour', clock });
}

function piece(reason: Reason, rate: number, fact: EvidenceFact): Evidence {
  const factor = Math.min(Math.max(rate, LEAST_FACTOR), LARGEST_FACTOR);
  return { part: 'context', reason, log: Math.log(factor), fact };
}

function wholeSeconds(ms: number): number {
  return Math.round(ms / 1000);
}

function whetherImplied({ isImplied }: KnownFact): { isImplied?: true } {
  return isImplied ? { isImplied } : {};
}
