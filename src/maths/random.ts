/**
 * Repeatable random numbers: the same seed gives the same sequence on every machine.
 * Generator: mulberry32 (Tommy Ettinger, 2017, public domain), period 2^32.
 */
export class Random {
  private state: number;

  /** @param seed any integer; only its lowest 32 bits count. */
  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** The numbers of one of many parts of a work, each with numbers of its own. @param seed any integer of the whole work */
  static of(seed: number, part: number): Random {
    return new Random(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(part + 1, 0x85ebca6b));
  }

  /** Uniform in [lo, hi). */
  uniform(lo = 0, hi = 1): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return lo + ((hi - lo) * ((t ^ (t >>> 14)) >>> 0)) / 2 ** 32;
  }

  /** Integer in [0, n). */
  integer(n: number): number {
    return Math.floor(this.uniform(0, n));
  }

  /** Normally distributed with mean 0 and standard deviation 1 (Box and Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A random element of a list, which must not be empty. */
  pick<T>(xs: readonly T[]): T {
    return xs[this.integer(xs.length)];
  }

  /** True with probability p. */
  chance(p: number): boolean {
    return this.uniform() < p;
  }
}
