import type { ContextFact } from '../../reason/facts.js';
import { CARE } from '../../baby/history.js';
import { REASONS, type Answer, type CryEvent, type Intensity, type Reason } from '../../values.js';
import { Random } from '../../maths/random.js';

/**
 * Simulated families to measure the reason on: a baby whose needs come and go, and caregivers who respond, record facts and
 * answer in their own way. Needs are processes in time, not a posterior in reverse, and their parameters come from
 * observations of babies, not from what the reason's model takes as typical.
 */

/** What happens in a family, in the order in which it becomes known. */
export type FamilyEvent =
  | { kind: 'fact'; at: number; fact: ContextFact }
  /** `started` or `ended`; `reason` is the truth, which only a measurement may know. */
  | { kind: 'cry'; at: number; event: CryEvent; reason: Reason }
  | { kind: 'answer'; at: number; answer: Answer };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Far from a change of the clock in either hemisphere, so that families are the same in every time zone. */
const BEGIN = new Date(2025, 10, 10).getTime();

/** Length of CryNet's embedding. */
const EMBEDDING = 256;
/** Ways in which a baby's cries differ without any meaning: distance, mood, hoarseness, room. */
const MOODS = 8;

/** What makes a family so untypical that general knowledge of babies misleads. */
const TWISTS = [
  'seldom hungry',
  'colic',
  'cluster feeding',
  'fed by the clock',
  'twins',
  'lonely',
  'nothing recorded',
] as const;
type Twist = (typeof TWISTS)[number];
const TWISTED = 0.35;

/** A baby and its caregivers. Chances are of one occasion, in [0, 1]. */
interface Nature {
  ageDays: number;
  twist: Twist | undefined;
  isBreastfed: boolean;
  /** Feeds a day as a newborn. */
  feeds: number;
  /** This baby's time awake, as a share of others'. */
  wakefulness: number;
  /** Standard deviation of the logarithm of a need's time. */
  irregularity: number;
  /** How much longer it takes until hunger comes in the night, and how much shorter in the evening. */
  nightStretch: number;
  eveningStretch: number;
  /** Chances of a feed before the cry for it, of falling asleep without a cry, and of a nappy change with a feed. */
  anticipatesFeed: number;
  anticipatesSleep: number;
  changesWithFeed: number;
  /** Chance of a feed for a baby who cries for another reason. */
  comfortFeed: number;
  /** Soiled nappies a day, and the chance that one is cried about. */
  soiled: number;
  bothered: number;
  /** Chance of a cry for air after a feed. */
  gas: number;
  /** Cries a day of these kinds. */
  bellyPains: number;
  lonelies: number;
  /** Minutes until somebody soothes the baby. */
  responseMin: number;
  /** Chance that each kind of fact is recorded, minutes until it is, and the rounding of its time in minutes. */
  tells: Record<'feed' | 'sleep' | 'change' | 'burp', number>;
  tellsAfterMin: number;
  roundsToMin: number;
  answers: number;
  /** Added to the chances of a scream. */
  temper: number;
}

/** When each need is due, epoch ms; Infinity for never. */
interface Needs {
  hunger: number;
  sleepiness: number;
  waking: number;
  gas: number;
  nappy: number;
  bellyPain: number;
  loneliness: number;
}

export interface FamilySettings {
  seed: number;
  /** Share of answers that are wrong. */
  wrong: number;
}

/** A family from its first day with DeepInfant. */
export class Family {
  private random: Random;
  private readonly nature: Nature;
  private readonly voice: Voice;
  private now = BEGIN;
  private needs: Needs;
  private isAsleep = false;
  /** What has happened but is not known yet, by the time when it will be. */
  private pending: FamilyEvent[] = [];
  private cries = 0;

  constructor(private readonly settings: FamilySettings) {
    this.random = new Random(Math.imul(settings.seed, 0x9e3779b1));
    this.nature = natureOf(this.random);
    this.voice = new Voice(this.random);
    const soon = (hours: number): number => this.now + this.random.uniform(0, hours) * HOUR_MS;
    this.needs = {
      hunger: soon(3),
      sleepiness: soon(2),
      waking: Infinity,
      gas: Infinity,
      nappy: soon(4),
      bellyPain: this.nextBellyPain(),
      loneliness: this.nextLoneliness(),
    };
  }

  /** ISO date. */
  get birthDate(): string {
    const birth = new Date(BEGIN - this.nature.ageDays * DAY_MS);
    return `${birth.getFullYear()}-${two(birth.getMonth() + 1)}-${two(birth.getDate())}`;
  }

  /** One possible future of this family; what happens in it does not happen to the family itself. */
  branch(seed: number): Family {
    const other = Object.create(Family.prototype) as Family;
    Object.assign(other, this);
    other.random = new Random(Math.imul(this.settings.seed, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b));
    other.needs = { ...this.needs };
    other.pending = [...this.pending];
    return other;
  }

  /** What becomes known next. */
  next(): FamilyEvent {
    // What happens next may become known before what is pending now.
    while (this.pending.length === 0 || this.pending[0].at > this.now) this.live();
    return this.pending.shift()!;
  }

  private live(): void {
    const [need, due] = (Object.entries(this.needs) as [keyof Needs, number][]).reduce((a, b) =>
      b[1] < a[1] ? b : a,
    );
    this.now = Math.max(this.now + MINUTE_MS, due);
    switch (need) {
      case 'hunger':
        this.wake();
        if (this.random.chance(this.nature.anticipatesFeed)) this.feed(this.now);
        else this.cry('hungry');
        break;
      case 'sleepiness':
        if (this.random.chance(this.nature.anticipatesSleep)) this.fallAsleep(this.now);
        else this.cry('tired');
        break;
      case 'waking':
        this.wake();
        if (this.random.chance(0.1)) this.cry('lonely');
        break;
      case 'gas':
        this.needs.gas = Infinity;
        this.wake();
        this.cry('burping');
        break;
      case 'nappy':
        this.needs.nappy = this.nextNappy(this.now);
        this.wake();
        this.cry('discomfort');
        break;
      case 'bellyPain':
        this.needs.bellyPain = this.nextBellyPain();
        this.wake();
        this.cry('belly pain');
        break;
      case 'loneliness':
        this.needs.loneliness = this.nextLoneliness();
        if (!this.isAsleep) this.cry('lonely');
        break;
    }
  }

  private cry(reason: Reason): void {
    const { nature, random, now } = this;
    const lengthMin =
      nature.responseMin * Math.exp(0.5 * random.normal()) * (reason === 'belly pain' ? 2 : 1);
    const offset = Math.round(now + Math.max(1, lengthMin) * MINUTE_MS);
    const [start, intensity] = intensityOf(reason, nature.temper, random);
    const id = `cot@${now}-${this.cries++}`;
    const event = (state: 'started' | 'ended'): CryEvent => ({
      id,
      source: 'cot',
      state,
      onset: now,
      ...(state === 'ended' && { offset, offsetS: (offset - BEGIN) / 1000 }),
      onsetS: (now - BEGIN) / 1000,
      durationS: state === 'ended' ? (offset - now) / 1000 : 2,
      peakScore: 0.95,
      meanScore: 0.9,
      intensity: state === 'started' ? start : intensity,
      voice: { f0Hz: 450, roughness: 0.1, balanceDb: 0 },
      windows: [],
      embedding,
    });
    const embedding = this.voice.cry(reason, random);
    this.becomesKnown({ kind: 'cry', at: now, event: event('started'), reason });
    this.becomesKnown({ kind: 'cry', at: offset, event: event('ended'), reason });
    if (random.chance(nature.answers)) {
      const at = Math.round(offset + random.uniform(1, 30) * MINUTE_MS);
      const said = random.chance(this.settings.wrong) ? this.mistake(reason) : reason;
      this.becomesKnown({ kind: 'answer', at, answer: { cry: id, reason: said, at } });
    }
    const soothed = offset - Math.min(offset - now, random.uniform(0.5, 4) * MINUTE_MS);
    if (reason !== 'hungry' && random.chance(nature.comfortFeed)) this.feed((now + soothed) / 2);
    const care = CARE[reason];
    if (care === 'feed') this.feed(soothed);
    else if (care === 'sleep') this.fallAsleep(soothed + 5 * MINUTE_MS);
    else if (care === 'change') this.change(soothed);
    else if (care === 'burp') this.tell('burp', soothed);
    this.now = offset;
  }

  /** Half of the mistakes are hunger, which caregivers name most. */
  private mistake(reason: Reason): Reason {
    if (reason !== 'hungry' && this.random.chance(0.5)) return 'hungry';
    return this.random.pick(REASONS.filter(other => other !== reason));
  }

  private feed(at: number): void {
    const { nature, random } = this;
    this.tell('feed', at);
    const hour = hourOf(at);
    const stretch =
      hour >= 22 || hour < 6 ? nature.nightStretch : hour >= 17 && hour < 21 ? nature.eveningStretch : 1;
    const everyH = 24 / feedsADay(nature, this.ageDays);
    this.needs.hunger = at + everyH * stretch * this.vary() * HOUR_MS;
    if (random.chance(nature.gas))
      this.needs.gas = at + (8 + 17 * -Math.log(1 - random.uniform())) * MINUTE_MS;
    if (random.chance(nature.changesWithFeed)) this.change(at + 10 * MINUTE_MS);
    // The twin is fed too, and one feed is recorded for both; or its feed is taken for this one's.
    if (nature.twist === 'twins' && random.chance(0.5))
      this.tell('feed', at + random.uniform(-90, 90) * MINUTE_MS);
  }

  private change(at: number): void {
    this.tell('change', at);
    this.needs.nappy = this.nextNappy(at);
  }

  private fallAsleep(at: number): void {
    const { random } = this;
    this.isAsleep = true;
    this.tell('sleep', at);
    this.needs.sleepiness = Infinity;
    const isNight = hourOf(at) >= 19 || hourOf(at) < 6;
    const episodeH = sleepHours(this.ageDays) / sleepsADay(this.ageDays);
    this.needs.waking =
      at + episodeH * (isNight ? random.uniform(1.2, 2.2) : random.uniform(0.3, 1)) * HOUR_MS;
  }

  private wake(): void {
    if (!this.isAsleep) return;
    this.isAsleep = false;
    this.tell('wake', this.now);
    this.needs.waking = Infinity;
    const awakeH = ((24 - sleepHours(this.ageDays)) / sleepsADay(this.ageDays)) * this.nature.wakefulness;
    const isNight = hourOf(this.now) >= 22 || hourOf(this.now) < 5;
    this.needs.sleepiness = this.now + awakeH * (isNight ? 0.4 : 1) * this.vary() * HOUR_MS;
  }

  private tell(kind: 'feed' | 'sleep' | 'wake' | 'change' | 'burp', at: number): void {
    const { nature, random } = this;
    if (!random.chance(nature.tells[kind === 'wake' ? 'sleep' : kind])) return;
    const rounding = nature.roundsToMin * MINUTE_MS;
    const fact = { kind, at: Math.round(at / rounding) * rounding };
    const toldAt = Math.max(at, this.now) + nature.tellsAfterMin * random.uniform(0, 2) * MINUTE_MS;
    this.becomesKnown({ kind: 'fact', at: toldAt, fact });
  }

  private becomesKnown(event: FamilyEvent): void {
    const after = this.pending.findIndex(({ at }) => at > event.at);
    this.pending.splice(after < 0 ? this.pending.length : after, 0, event);
  }

  private get ageDays(): number {
    return this.nature.ageDays + (this.now - BEGIN) / DAY_MS;
  }

  private vary(): number {
    return Math.exp(this.nature.irregularity * this.random.normal());
  }

  /** When a nappy is cried about next. */
  private nextNappy(from: number): number {
    const { soiled, bothered } = this.nature;
    return from + wait(this.random, soiled * bothered) + this.random.uniform(0, 0.5) * HOUR_MS;
  }

  private nextBellyPain(): number {
    const { bellyPains, twist } = this.nature;
    const fades = twist === 'colic' || this.ageDays < 70 ? 1 : 0.3;
    for (let at = this.now; ;) {
      at += wait(this.random, 2.5 * bellyPains * fades);
      // Unsettled crying clusters in the evening: 0.4 of its peak at other times.
      const hour = hourOf(at);
      if (this.random.chance(hour >= 17 && hour < 24 ? 1 : 0.25)) return at;
    }
  }

  private nextLoneliness(): number {
    return this.now + wait(this.random, this.nature.lonelies);
  }
}

/** Time in ms until the next event of a kind that happens `aDay` times a day. */
function wait(random: Random, aDay: number): number {
  return (-Math.log(1 - random.uniform()) / Math.max(aDay, 0.01)) * DAY_MS;
}

/**
 * - Feeds: breastfed babies of 1 to 6 months 11 ± 3 times a day, 6 to 18 (Kent et al. 2006, doi:10.1542/peds.2005-1417);
 *   bottles 6 to 8 times as a newborn.
 * - Belly pain: colic in 17 to 25% of babies in the first six weeks, of 117 to 133 minutes of fussing and crying a day
 *   (Wolke, Bilgin and Samara 2017, doi:10.1016/j.jpeds.2017.02.020).
 * - Everything else: wide ranges, because nobody has measured it.
 */
function natureOf(random: Random): Nature {
  const { uniform } = bind(random);
  const twist = random.chance(TWISTED) ? random.pick(TWISTS) : undefined;
  const isBreastfed = random.chance(0.6);
  const isColicky = twist === 'colic' || random.chance(0.2);
  const isDiligent = random.chance(0.6);
  const told = twist === 'nothing recorded' ? 0 : isDiligent ? 1 : uniform(0.4, 0.8);
  return {
    ageDays: uniform(5, 240),
    twist,
    isBreastfed,
    feeds: isBreastfed ? Math.min(18, Math.max(6, 11 + 3 * random.normal())) : uniform(6, 8),
    wakefulness: Math.exp(0.2 * random.normal()),
    irregularity: uniform(0.15, 0.45),
    nightStretch: uniform(1, 2),
    eveningStretch: twist === 'cluster feeding' ? uniform(0.25, 0.45) : uniform(0.7, 1),
    anticipatesFeed:
      twist === 'seldom hungry' || twist === 'fed by the clock' ? uniform(0.85, 0.97) : uniform(0.2, 0.7),
    anticipatesSleep: uniform(0.3, 0.8),
    changesWithFeed: uniform(0.3, 0.9),
    comfortFeed: uniform(0, 0.3),
    soiled: uniform(6, 10),
    bothered: uniform(0.05, 0.4),
    gas: uniform(0.03, 0.3),
    bellyPains: isColicky ? uniform(1.5, 4) : uniform(0.05, 0.6),
    lonelies: twist === 'lonely' ? uniform(4, 8) : uniform(0.2, 2.5),
    responseMin: uniform(3, 12),
    tells: {
      feed: told * uniform(0.8, 1),
      sleep: told * uniform(0.5, 1),
      change: told * uniform(0.4, 1),
      burp: told * uniform(0, 0.3),
    },
    tellsAfterMin: uniform(0, 20),
    roundsToMin: random.pick([1, 5, 15]),
    answers: uniform(0.2, 0.8),
    temper: uniform(-0.1, 0.15),
  };
}

function bind(random: Random): { uniform: (lo: number, hi: number) => number } {
  return { uniform: (lo, hi) => random.uniform(lo, hi) };
}

/** Breastfed babies keep their number from 1 to 6 months (Kent et al. 2006); bottles get fewer, larger ones. */
function feedsADay({ isBreastfed, feeds }: Nature, ageDays: number): number {
  const grown = Math.min(1, ageDays / 270);
  return feeds * (1 - (isBreastfed ? 0.3 : 0.35) * grown);
}

/** Hours of sleep a day (Galland et al. 2012, doi:10.1016/j.smrv.2011.06.001: best fit over the age in years). */
function sleepHours(ageDays: number): number {
  return 10.49 - 5.56 * (Math.sqrt(ageDays / 365.25 / 10) - 0.71);
}

/** Sleeps a day, naps and pieces of the night: from 9 of a newborn to 4 of a year. */
function sleepsADay(ageDays: number): number {
  return 9 - 5 * Math.sqrt(Math.min(1, ageDays / 365));
}

/** How a cry sounds at its start and at its worst. Only its harshness sets pain apart from other reasons, and poorly. */
function intensityOf(reason: Reason, temper: number, random: Random): [start: Intensity, worst: Intensity] {
  const screams = {
    'belly pain': 0.45,
    hungry: 0.2,
    tired: 0.12,
    discomfort: 0.15,
    burping: 0.2,
    lonely: 0.12,
  };
  const fusses = {
    'belly pain': 0.15,
    hungry: 0.25,
    tired: 0.45,
    discomfort: 0.4,
    burping: 0.35,
    lonely: 0.4,
  };
  const draw = random.uniform();
  const worst =
    draw < screams[reason] + temper ? 'scream' : draw > 1 - fusses[reason] + temper ? 'fuss' : 'cry';
  const isAcute = worst === 'scream' && random.chance(reason === 'belly pain' ? 0.6 : 0.3);
  return [isAcute ? 'scream' : worst === 'scream' ? 'cry' : worst, worst];
}

/** A baby's voice as CryNet describes it. In some babies reasons differ a little, in most not at all. */
class Voice {
  private readonly mean: Float32Array;
  private readonly moods: Float32Array[];
  private readonly shifts: Map<Reason, Float32Array>;

  constructor(random: Random) {
    // Distance between two reasons' means, in standard deviations of one cry.
    const apart = random.chance(0.5) ? 0 : random.uniform(0.5, 2);
    const vector = (size: number): Float32Array =>
      Float32Array.from({ length: EMBEDDING }, () => size * random.normal());
    this.mean = vector(1);
    this.moods = Array.from({ length: MOODS }, () => vector(1 / Math.sqrt(MOODS)));
    this.shifts = new Map(REASONS.map(reason => [reason, vector(apart / Math.sqrt(2 * EMBEDDING))]));
  }

  cry(reason: Reason, random: Random): Float32Array {
    const shift = this.shifts.get(reason)!;
    const cry = this.mean.map((value, i) => value + shift[i] + random.normal());
    for (const mood of this.moods) {
      const size = random.normal();
      for (let i = 0; i < EMBEDDING; i++) cry[i] += size * mood[i];
    }
    return cry;
  }
}

function hourOf(ms: number): number {
  return new Date(ms).getHours();
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
