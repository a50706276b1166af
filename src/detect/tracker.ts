import { DeepInfantError } from '../errors.js';
import type { PresetThresholds } from '../model/manifest.js';
import { SAMPLE_RATE, type CryEvent, type Scores } from '../values.js';
import { Episode, type Step } from './episode.js';
import { RoomLevel } from './room-level.js';

export interface TrackerSettings extends PresetThresholds {
  /** Seconds of steps whose mean cry score is compared with the thresholds. */
  smoothingS: number;
  /** Seconds of crying needed before it is reported; two windows are needed whatever this says. */
  minimumS: number;
  /** Seconds without crying after which it is over: cries come in bursts, with a breath or a rest between. */
  hangoverS: number;
  /** Seconds from one message to the next while it goes on. */
  ongoingEveryS: number;
}

export const TRACKER_DEFAULTS: Omit<TrackerSettings, keyof PresetThresholds> = {
  smoothingS: 0.75,
  minimumS: 1,
  hangoverS: 5,
  ongoingEveryS: 5,
};

/**
 * Turns one source's steps into cry events. A pure state machine: the same steps give the same events.
 *
 * - A cry is suspected when the mean score over `smoothingS` reaches `onset`. It began with the first step of that
 *   time whose own score had reached `offset`.
 * - It is reported once steps that make up `minimumS` were heard, and forgotten if the mean falls below `offset`
 *   before.
 * - From then on a step is heard when both its own score and the mean reach `offset`. After `hangoverS` without one
 *   the cry is over.
 * - Messages that it goes on come only with a step heard, so a duration told never counts the quiet at its end.
 */
export class Tracker {
  /** The steps of the smoothing time, oldest first. */
  private recent: Step[] = [];
  private suspected: Episode | undefined;
  private reported: Episode | undefined;
  private room = new RoomLevel();

  /**
   * @param source Name of the source; goes into the events and their ids.
   * @throws DeepInfantError `setting` when a threshold or a duration cannot be.
   */
  constructor(
    private readonly source: string,
    private readonly settings: TrackerSettings,
  ) {
    const { onset, offset, ...durations } = settings;
    if (!(offset > 0 && offset <= onset && onset < 1)) {
      throw new DeepInfantError(
        'setting',
        `Thresholds onset ${onset} and offset ${offset} cannot be: choose 0 < offset <= onset < 1.`,
      );
    }
    for (const [name, seconds] of Object.entries(durations)) {
      if (!(Number.isFinite(seconds) && seconds >= 0)) {
        throw new DeepInfantError('setting', `${name} is ${seconds}: choose a number of seconds, 0 or more.`);
      }
    }
  }

  /** Takes the next step and gives the events that it caused. A step not after the last one begins a new stream. */
  push(scores: Scores): CryEvent[] {
    const lastEnd = this.recent.at(-1)?.endSample;
    if (lastEnd !== undefined && scores.endSample <= lastEnd) return [...this.flush(), ...this.push(scores)];
    const { smoothingS, offset } = this.settings;
    const step = { ...scores, hopStart: Math.max(lastEnd ?? 0, scores.startSample) };
    const smoothedFrom = step.endSample - smoothingS * SAMPLE_RATE;
    this.recent = [...this.recent.filter(({ endSample }) => endSample > smoothedFrom), step];
    const mean = this.recent.reduce((sum, { scores }) => sum + scores.cry, 0) / this.recent.length;
    const isHeard = mean >= offset && step.scores.cry >= offset;
    return this.reported ? this.follow(this.reported, step, isHeard) : this.watch(step, mean, isHeard);
  }

  /** Ends the stream and with it a running cry. A next push begins a new stream. */
  flush(): CryEvent[] {
    const wasHeardLast = this.reported?.quietS(this.recent.at(-1)!.endSample) === 0;
    const events = this.reported ? [this.reported.end(wasHeardLast)] : [];
    this.recent = [];
    this.suspected = undefined;
    this.reported = undefined;
    this.room = new RoomLevel();
    return events;
  }

  /** While nothing is reported. */
  private watch(step: Step, mean: number, isHeard: boolean): CryEvent[] {
    const { onset, offset, minimumS } = this.settings;
    if (this.suspected) {
      if (isHeard) this.suspected.hear(step);
      else if (!(mean >= offset)) this.suspected = undefined;
    } else if (mean >= onset) {
      const [first, ...others] = this.recent.filter(({ scores }) => scores.cry >= offset);
      this.suspected = new Episode(this.source, this.room.db, first);
      for (const other of others) this.suspected.hear(other);
    } else if (step.scores.cry < offset) {
      this.room.hear(step.levelDb, (step.endSample - step.hopStart) / SAMPLE_RATE);
    }
    if (!this.suspected?.isCertain(minimumS)) return [];
    this.reported = this.suspected;
    this.suspected = undefined;
    return [this.reported.tell('started')];
  }

  /** While a cry is reported. */
  private follow(cry: Episode, step: Step, isHeard: boolean): CryEvent[] {
    const { hangoverS, ongoingEveryS } = this.settings;
    if (isHeard) {
      cry.hear(step);
      return cry.untoldS >= ongoingEveryS ? [cry.tell('ongoing')] : [];
    }
    if (cry.quietS(step.endSample) < hangoverS) return [];
    this.reported = undefined;
    return [cry.end(false)];
  }
}
