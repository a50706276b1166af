import { logit } from '../model/calibration.js';
import { MOST_ODDS } from '../model/manifest.js';
import { SAMPLE_RATE } from '../values.js';

/** The level is this share of the step's own log odds, and else their mean. */
const STEP_SHARE = 0.1;
/** Time constant of the mean, in s: about as long as a bout of crying is. */
const MEAN_S = 8;
/** A suspected cry is forgotten after this time without a step that is likelier a cry than not. */
const FORGET_S = 2;

/** All that a level needs of a step: the cry's probability, and the samples that no earlier step had heard. */
export interface LevelStep {
  /** Calibrated probability in [0, 1]. */
  cry: number;
  /** Sample at which the step's newest hop begins. */
  hopStart: number;
  endSample: number;
}

/**
 * What a step does: `suspected` begins a suspected cry, in place of an older one; `heard` belongs to the suspected or
 * reported cry; `started` belongs to the suspected one, which is reported from now on; `ended` ends the reported cry, of
 * which it is not a part; `quiet` belongs to no cry.
 */
export type LevelChange = 'quiet' | 'suspected' | 'heard' | 'started' | 'ended';

/**
 * Decides from the cry probabilities of one source's steps when a cry is reported and when it is over. A pure state
 * machine, without the cry's voice, times and messages, which are the tracker's.
 *
 * - What was heard adds up to a level: the mean log odds of the last seconds, which remembers (an exponentially weighted
 *   moving average as in Roberts 1959, Technometrics 1, that begins in quiet), and a little of the step's own, which is
 *   quick. So a sure cry is reported within a second, a doubtful one when it has gone on or come again, and a single meow
 *   never. On nights that is better than adding evidence up (CUSUM), which a long doubtful sound reaches as well. The more a
 *   step counts for itself, the sooner a cry is reported, and the fewer are found of sources that the network did not know.
 * - A step that is likelier a cry than not is heard. A cry is reported when the level reaches `odds`, by more than one
 *   step. It began with the first step heard, unless nothing was heard for FORGET_S since.
 * - While it is reported, a step is heard only when the one before it was likelier a cry than not, too. After
 *   `hangoverS` without such a step the cry is over.
 */
export class CryLevel {
  /** Mean log odds. */
  private mean = -MOST_ODDS;
  /** Steps that were likelier a cry than not, one after the other up to now. */
  private run = 0;
  /** Steps heard of the suspected cry. */
  private suspectedSteps = 0;
  private isReported = false;
  /** End of the last step heard. */
  private lastHeard = 0;

  /**
   * @param settings `odds`: level that reports a cry, in nats; `hangoverS`: seconds without crying after which it is over
   */
  constructor(private readonly settings: { odds: number; hangoverS: number }) {}

  /** Whether a cry is reported now. */
  get hasCry(): boolean {
    return this.isReported;
  }

  /** Takes the next step; steps follow each other in time. */
  push(step: LevelStep): LevelChange {
    const level = this.levelAfter(step);
    return this.isReported ? this.follow(step) : this.watch(step, level);
  }

  /** Begins a new stream. */
  reset(): void {
    this.mean = -MOST_ODDS;
    this.run = 0;
    this.suspectedSteps = 0;
    this.isReported = false;
  }

  /** While nothing is reported. */
  private watch({ endSample }: LevelStep, level: number): LevelChange {
    if (this.quietS(endSample) > FORGET_S) this.suspectedSteps = 0;
    if (this.run === 0) return 'quiet';
    this.lastHeard = endSample;
    this.suspectedSteps++;
    if (this.suspectedSteps === 1) return 'suspected';
    if (level < this.settings.odds) return 'heard';
    this.suspectedSteps = 0;
    this.isReported = true;
    return 'started';
  }

  /** While a cry is reported. */
  private follow({ endSample }: LevelStep): LevelChange {
    if (this.run > 1) {
      this.lastHeard = endSample;
      return 'heard';
    }
    if (this.quietS(endSample) < this.settings.hangoverS) return 'quiet';
    this.isReported = false;
    return 'ended';
  }

  /** Seconds from the end of the last step heard to `sample`. */
  private quietS(sample: number): number {
    return (sample - this.lastHeard) / SAMPLE_RATE;
  }

  /** Adds what a step says. Scores that are not numbers speak against a cry. @returns the level, in nats */
  private levelAfter({ cry, hopStart, endSample }: LevelStep): number {
    const read = logit(cry);
    const odds = Number.isNaN(read) ? -MOST_ODDS : Math.max(-MOST_ODDS, Math.min(MOST_ODDS, read));
    const hopS = (endSample - hopStart) / SAMPLE_RATE;
    this.mean += (1 - Math.exp(-hopS / MEAN_S)) * (odds - this.mean);
    this.run = odds >= 0 ? this.run + 1 : 0;
    return STEP_SHARE * odds + (1 - STEP_SHARE) * this.mean;
  }
}
