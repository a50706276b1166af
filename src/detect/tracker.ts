import { DeepInfantError } from '../errors.js';
import { logit } from '../model/calibration.js';
import { MOST_ODDS, type TrackerThresholds } from '../model/manifest.js';
import type { CryEvent, Scores } from '../values.js';
import { Episode, durationS, type Step } from './episode.js';
import { NoiseFloor } from './noise-floor.js';

export interface TrackerSettings extends TrackerThresholds {
  /** Seconds without crying after which it is over: cries come in bursts, with a breath or a rest between. */
  hangoverS: number;
  /** Seconds from one message to the next while it goes on. */
  ongoingEveryS: number;
}

export const TRACKER_DEFAULTS: Omit<TrackerSettings, keyof TrackerThresholds> = {
  hangoverS: 5,
  ongoingEveryS: 5,
};

/** The level is this share of the step's own log odds, and else their mean. */
const STEP_SHARE = 0.4;
/** Time constant of the mean, in s: about as long as a bout of crying is. */
const MEAN_S = 6;
/** A cry that was suspected is forgotten after this time without a step that is likelier a cry than not. */
const FORGET_S = 2;

/**
 * Turns one source's steps into cry events. A pure state machine: the same steps give the same events.
 *
 * - What was heard adds up to a level: the log odds of the step, which are quick, together with their mean over the last
 *   seconds, which remembers (an exponentially weighted moving average as in Roberts 1959, Technometrics 1, that begins
 *   in quiet). So a sure cry is told within a second, a doubtful one when it has gone on or come again, and a single
 *   meow never. On nights that is better than adding evidence up (CUSUM), which a long doubtful sound reaches as well.
 * - A step that is likelier a cry than not is heard. A cry is reported when the level reaches `odds`, by more than one
 *   step. It began with the first step heard, unless nothing was heard for FORGET_S since.
 * - While it is reported, a step is heard only when the one before it was likelier a cry than not, too. After
 *   `hangoverS` without such a step the cry is over.
 * - Messages that it goes on come only with a step heard, so a duration told never counts the quiet at its end.
 */
export class Tracker {
  /** Mean log odds. */
  private mean = -MOST_ODDS;
  /** Steps that were likelier a cry than not, one after the other up to now. */
  private run = 0;
  private last: Step | undefined;
  private suspected: Episode | undefined;
  private reported: Episode | undefined;
  private room = new NoiseFloor();

  /**
   * @param source Name of the source; goes into the events and their ids.
   * @throws DeepInfantError `setting` when a threshold or a duration cannot be.
   */
  constructor(
    private readonly source: string,
    private readonly settings: TrackerSettings,
  ) {
    const { odds, ...durations } = settings;
    if (!(Math.abs(odds) < MOST_ODDS))
      throw new DeepInfantError(
        'setting',
        `odds is ${odds}: choose a number between ${-MOST_ODDS} and ${MOST_ODDS}.`,
      );
    for (const [name, seconds] of Object.entries(durations)) {
      if (!(Number.isFinite(seconds) && seconds >= 0)) {
        throw new DeepInfantError('setting', `${name} is ${seconds}: choose a number of seconds, 0 or more.`);
      }
    }
  }

  /** Takes the next step and gives the events that it caused. A step not after the last one begins a new stream. */
  push(scores: Scores): CryEvent[] {
    const lastEnd = this.last?.endSample;
    if (lastEnd !== undefined && scores.endSample <= lastEnd) return [...this.flush(), ...this.push(scores)];
    const step = { ...scores, hopStart: Math.max(lastEnd ?? 0, scores.startSample) };
    this.last = step;
    this.room.hear(step.voice, durationS(step));
    return this.reported ? this.follow(this.reported, step) : this.watch(step);
  }

  /** Ends the stream and with it a running cry. A next push begins a new stream. */
  flush(): CryEvent[] {
    const wasHeardLast = this.last !== undefined && this.reported?.quietS(this.last.endSample) === 0;
    const events = this.reported ? [this.reported.end(wasHeardLast)] : [];
    this.mean = -MOST_ODDS;
    this.run = 0;
    this.last = undefined;
    this.suspected = undefined;
    this.reported = undefined;
    this.room = new NoiseFloor();
    return events;
  }

  /** While nothing is reported. */
  private watch(step: Step): CryEvent[] {
    if (this.suspected && this.suspected.quietS(step.endSample) > FORGET_S) this.suspected = undefined;
    const level = this.weigh(step);
    if (this.run === 0) return [];
    if (this.suspected) this.suspected.hear(step);
    else this.suspected = new Episode(this.source, this.room, step);
    if (!this.suspected.isRepeated || level < this.settings.odds) return [];
    this.reported = this.suspected;
    this.suspected = undefined;
    return [this.reported.tell('started')];
  }

  /** While a cry is reported. */
  private follow(cry: Episode, step: Step): CryEvent[] {
    const { hangoverS, ongoingEveryS } = this.settings;
    this.weigh(step);
    if (this.run > 1) {
      cry.hear(step);
      return cry.untoldS >= ongoingEveryS ? [cry.tell('ongoing')] : [];
    }
    if (cry.quietS(step.endSample) < hangoverS) return [];
    this.reported = undefined;
    return [cry.end(false)];
  }

  /** Adds what a step says. Scores that are no numbers speak against a cry. @returns the level, in nats */
  private weigh(step: Step): number {
    const read = logit(step.scores.cry);
    const odds = Number.isNaN(read) ? -MOST_ODDS : Math.max(-MOST_ODDS, Math.min(MOST_ODDS, read));
    this.mean += (1 - Math.exp(-durationS(step) / MEAN_S)) * (odds - this.mean);
    this.run = odds >= 0 ? this.run + 1 : 0;
    return STEP_SHARE * odds + (1 - STEP_SHARE) * this.mean;
  }
}
