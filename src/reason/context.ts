import { DeepInfantError } from '../errors.js';
import type { Contribution, Reason } from '../values.js';
import { checkFact, type ContextFact, type ContextKind } from './facts.js';
import { durationText, factorText } from './phrase.js';

export interface BabyProfile {
  name: string;
  /** ISO date, such as 2026-01-31. */
  birthDate?: string;
}

/** How much a single fact may count, for or against: facts are told by hand, late or not at all. */
const LARGEST_FACTOR = 5;
/** An older fact says nothing: others have surely followed that nobody told. */
const OLDEST_FACT_H = 24;
const FACTS_KEPT = 200;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A value for each age: rows by the age in days at which they stop to hold. */
type ByAge = readonly (readonly [untilDays: number, value: number])[];

/**
 * Hours from one feed to the next by day. Newborns: 8 to 12 breastfeeds or 6 to 8 bottles a day (MedlinePlus, Feeding
 * patterns and diet - babies and infants). From the end of the first month bottles come about every 4 h, breastfeeds
 * somewhat oftener; at 6 months 4 or 5 milk feeds a day (American Academy of Pediatrics, HealthyChildren.org, Amount
 * and Schedule of Baby Formula Feedings).
 */
const FEED_EVERY_H: ByAge = [
  [30, 2.5],
  [180, 3.5],
  [Infinity, 4],
];

/** Hours awake between two sleeps, middle of the ranges in Cleveland Clinic, Wake Windows by Age (2024). */
const AWAKE_H: ByAge = [
  [30, 0.75],
  [90, 1.5],
  [150, 2],
  [210, 3],
  [300, 3.5],
  [Infinity, 4.5],
];

/** At least 6 wet and 3 dirty nappies a day (MedlinePlus, as above). */
const CHANGE_EVERY_H = 24 / 9;

/** Share of babies with colic (Wolke, Bilgin and Samara 2017, doi:10.1016/j.jpeds.2017.02.020), and its mean over 12 weeks. */
const COLIC: ByAge = [
  [7 * 7, 0.21],
  [10 * 7, 0.11],
  [Infinity, 0.006],
];
const MEAN_COLIC = 0.15;

/** Where the age is not known: the age at which most crying happens. */
const TYPICAL_AGE_DAYS = 60;

/** A sleep shorter than one of an infant's sleep cycles, which take about 50 minutes, may not have rested the baby. */
const SLEEP_CYCLE_MS = 50 * MINUTE_MS;

/** Air swallowed with a feed comes up within this mean time: an assumption, from the advice to hold a baby upright after it. */
const BURP_MEAN_H = 1 / 3;

/**
 * What the time of a cry, the baby's age and what was told say about the reason.
 *
 * Each need is a process with its own rate of cries. Given that the baby cries now, the odds of a reason are its rate
 * now against its mean rate (competing risks), which is the factor given.
 */
export class Context {
  private readonly birthMs: number | undefined;
  /** What counts of all that was told, newest first. */
  facts: readonly ContextFact[] = [];

  /** @throws DeepInfantError `birth-date` when it is not an ISO date. */
  constructor({ name, birthDate }: BabyProfile) {
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
   * Facts may come late and in any order; the latest 200 are kept.
   * @throws DeepInfantError `context` when the kind is not known or the time is not an epoch time in ms.
   */
  tell(fact: ContextFact): void {
    checkFact(fact);
    const others = this.facts.filter(({ id }) => fact.id === undefined || id !== fact.id);
    this.facts = [...others, fact].sort((a, b) => b.at - a.at).slice(0, FACTS_KEPT);
  }

  /** Takes back what was told under an id. @returns whether there was any */
  forget(id: string): boolean {
    const before = this.facts.length;
    this.facts = this.facts.filter(fact => fact.id !== id);
    return this.facts.length < before;
  }

  /** What counts for a cry at `cryMs`, in epoch ms. */
  contributions(cryMs: number): Contribution[] {
    return [
      ...this.sinceFeed(cryMs),
      ...this.sinceSleepOrWake(cryMs),
      ...this.sinceChange(cryMs),
      ...this.colic(cryMs),
      ...timeOfDay(cryMs),
    ];
  }

  private sinceFeed(cryMs: number): Contribution[] {
    const feed = this.latest(cryMs, 'feed');
    if (!feed) return [];
    const sinceH = (cryMs - feed.at) / HOUR_MS;
    const everyH = this.byAge(FEED_EVERY_H, cryMs);
    const text = `last feed ${ago(cryMs - feed.at)}`;
    return [
      contribution('hungry', needRate(sinceH / everyH), text),
      // Burps come at a rate that falls off exponentially, relative to its mean from one feed to the next.
      contribution(
        'burping',
        ((everyH / BURP_MEAN_H) * Math.exp(-sinceH / BURP_MEAN_H)) / (1 - Math.exp(-everyH / BURP_MEAN_H)),
        text,
      ),
    ];
  }

  private sinceSleepOrWake(cryMs: number): Contribution[] {
    const turn = this.latest(cryMs, 'sleep', 'wake');
    if (!turn) return [];
    const sinceMs = cryMs - turn.at;
    if (turn.kind === 'wake') {
      const factor = needRate(sinceMs / HOUR_MS / this.byAge(AWAKE_H, cryMs));
      return [contribution('tired', factor, `awake for ${durationText(sinceMs / 1000)}`)];
    }
    if (sinceMs < SLEEP_CYCLE_MS) return [];
    return [contribution('tired', needRate(0), `asleep for ${durationText(sinceMs / 1000)} before`)];
  }

  private sinceChange(cryMs: number): Contribution[] {
    const change = this.latest(cryMs, 'change');
    if (!change) return [];
    const factor = half(needRate((cryMs - change.at) / HOUR_MS / CHANGE_EVERY_H));
    return [contribution('discomfort', factor, `last nappy change ${ago(cryMs - change.at)}`)];
  }

  private colic(cryMs: number): Contribution[] {
    const days = this.ageDays(cryMs);
    if (days === undefined) return [];
    const age = days < 14 ? `${Math.floor(days)} days` : `${Math.floor(days / 7)} weeks`;
    return [contribution('belly pain', half(this.byAge(COLIC, cryMs) / MEAN_COLIC), `${age} old`)];
  }

  private latest(cryMs: number, ...kinds: ContextKind[]): ContextFact | undefined {
    return this.facts.find(
      ({ kind, at }) => kinds.includes(kind) && at <= cryMs && at > cryMs - OLDEST_FACT_H * HOUR_MS,
    );
  }

  /** Undefined when the birth date is not told, or lies after the cry. */
  private ageDays(cryMs: number): number | undefined {
    return this.birthMs === undefined || this.birthMs > cryMs ? undefined : (cryMs - this.birthMs) / DAY_MS;
  }

  private byAge(table: ByAge, cryMs: number): number {
    const days = this.ageDays(cryMs) ?? TYPICAL_AGE_DAYS;
    return table.find(([untilDays]) => days < untilDays)![1];
  }
}

/**
 * Rate of cries from a need that returns, relative to its mean. The times between its returns are taken as Weibull
 * distributed of shape 3, that is with a spread of 36 % of their mean: the rate grows with the square of the time.
 * @param share Time since it was met, as a share of the mean time between.
 */
function needRate(share: number): number {
  const SHAPE = 3;
  const GAMMA = 0.8929795; // gamma(1 + 1 / SHAPE): the mean of that distribution at scale 1
  return SHAPE * GAMMA ** SHAPE * share ** (SHAPE - 1);
}

/** The rate of a reason of which one cause, at `rate`, makes up half: the rest goes on as usual. */
function half(rate: number): number {
  return (rate + 1) / 2;
}

/**
 * Unsettled crying clusters in the evening (St James-Roberts and Halil 1991, doi:10.1111/j.1469-7610.1991.tb01922.x),
 * and the night's sleep is due then. A daily wave with its mean at 1; how high it goes is an assumption.
 */
function timeOfDay(cryMs: number): Contribution[] {
  const PEAK_HOUR = 20;
  const HEIGHT = 0.5;
  const time = new Date(cryMs);
  const hour = time.getHours() + time.getMinutes() / 60;
  const factor = 1 + HEIGHT * Math.cos(((hour - PEAK_HOUR) / 24) * 2 * Math.PI);
  const clock = `${time.getHours()}:${String(time.getMinutes()).padStart(2, '0')}`;
  const reasons: Reason[] = ['tired', 'belly pain'];
  return reasons.map(reason => contribution(reason, factor, `at ${clock}`));
}

function contribution(reason: Reason, rate: number, text: string): Contribution {
  const factor = Math.min(Math.max(rate, 1 / LARGEST_FACTOR), LARGEST_FACTOR);
  return { part: 'context', reason, factor, text: `${text}: ${factorText(reason, factor)}` };
}

function ago(ms: number): string {
  return `${durationText(ms / 1000)} ago`;
}
