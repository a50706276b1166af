import { dateText } from './sentences.js';

const DAY_MS = 86_400_000;
/** A clock that is set differs so much from the time that passed; a laptop's sleep is shorter. */
const LEAP_MS = DAY_MS;
/** After a leap, the clock has to go on for so long. */
const CALM_MS = DAY_MS;
/** A longer time without any entry is more likely a wrong clock than a holiday, */
const LONGEST_GAP_MS = 60 * DAY_MS;
/** until entries span so much behind it. */
const PROOF_MS = 14 * DAY_MS;

/**
 * Decides whether the clock can be trusted to delete what is too old: a computer without a battery, or a wrong time server,
 * may be years off. It has to agree with the time that passed since the start, and with the entries.
 */
export class RetentionClock {
  private anchor: { time: number; passed: number } | undefined;
  private leapedAt = -Infinity;

  /** @param passedMs ms since any moment, by a clock that nobody sets */
  constructor(private readonly passedMs: () => number = () => performance.now()) {}

  /**
   * Why the clock is not trusted, in words; undefined where it is.
   * @param noted times (epoch ms) of what this computer noted by its clock, in any order
   */
  doubt(noted: Iterable<number>): string | undefined {
    const [now, passed] = [Date.now(), this.passedMs()];
    const anchor = this.anchor ?? { time: now, passed };
    this.anchor = { time: now, passed };
    if (Math.abs(now - anchor.time - (passed - anchor.passed)) > LEAP_MS) this.leapedAt = passed;
    if (passed - this.leapedAt < CALM_MS)
      return 'The clock of this computer was changed by more than a day. Nothing is deleted for a day.';
    // What was noted while the clock was ahead says nothing.
    const times = [...noted].filter(time => time <= now + DAY_MS).sort((a, b) => a - b);
    const begin = times.findLastIndex((time, i) => i > 0 && time - times[i - 1] > LONGEST_GAP_MS);
    const newest = times.at(-1);
    if (newest === undefined) return undefined;
    if (now - newest > LONGEST_GAP_MS) return doubtOf(newest, now);
    if (begin > 0 && newest - times[begin] < PROOF_MS) return doubtOf(times[begin - 1], now);
    return undefined;
  }
}

function doubtOf(newest: number, now: number): string {
  return `The clock of this computer says ${dateText(now)} ${year(now)}, but the last entry before is from ${dateText(newest)} ${year(newest)}. If the date is wrong, correct it. Nothing is deleted until two weeks of entries agree with it.`;
}

function year(time: number): number {
  return new Date(time).getFullYear();
}
