import { DeepInfantError } from '../errors.js';
import { logit } from '../model/calibration.js';
import type { TrackerThresholds } from '../model/manifest.js';
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

/** A step weighs at most this much, in nats: no single sound is certain, however sure the network is. */
const MOST_WEIGHT = 3.5;

/**
 * Turns one source's steps into cry events. A pure state machine: the same steps give the same events.
 *
 * - Each step speaks for a cry or against it: by its log odds above or below those of `neutral`, times its duration.
 *   What they say adds up, and never falls below 0 (the CUSUM test: of all rules with as few false alarms, the one with
 *   the shortest delay; Page 1954, Biometrika 41, Lorden 1971). A sure cry is told within a second, a doubtful one when
 *   it has gone on or come again, and a single meow is forgotten.
 * - A cry is reported when the evidence reaches `evidence`, in more than one step. It began with the first step heard
 *   since the evidence was last 0.
 * - While it is reported, the evidence goes no higher, and a step is heard when its score reaches `neutral` and the
 *   evidence half of `evidence`. After `hangoverS` without such a step the cry is over.
 * - Messages that it goes on come only with a step heard, so a duration told never counts the quiet at its end.
 */
export class Tracker {
  private evidence = 0;
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
    const { neutral, evidence, ...durations } = settings;
    if (!(neutral > 0 && neutral < 1 && evidence > 0)) {
      throw new DeepInfantError(
        'setting',
        `Thresholds neutral ${neutral} and evidence ${evidence} cannot be: choose 0 < neutral < 1 and evidence > 0.`,
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
    this.evidence = 0;
    this.last = undefined;
    this.suspected = undefined;
    this.reported = undefined;
    this.room = new NoiseFloor();
    return events;
  }

  /** While nothing is reported. */
  private watch(step: Step): CryEvent[] {
    const { neutral, evidence } = this.settings;
    this.weigh(step);
    if (this.evidence === 0) this.suspected = undefined;
    if (!(step.scores.cry >= neutral)) return [];
    if (this.suspected) this.suspected.hear(step);
    else this.suspected = new Episode(this.source, this.room, step);
    if (!this.suspected.isRepeated || this.evidence < evidence) return [];
    this.reported = this.suspected;
    this.suspected = undefined;
    return [this.reported.tell('started')];
  }

  /** While a cry is reported. */
  private follow(cry: Episode, step: Step): CryEvent[] {
    const { neutral, evidence, hangoverS, ongoingEveryS } = this.settings;
    this.weigh(step);
    if (step.scores.cry >= neutral && this.evidence >= evidence / 2) {
      cry.hear(step);
      return cry.untoldS >= ongoingEveryS ? [cry.tell('ongoing')] : [];
    }
    if (cry.quietS(step.endSample) < hangoverS) return [];
    this.reported = undefined;
    this.evidence = 0;
    return [cry.end(false)];
  }

  /** Adds what a step says. Scores that are no numbers speak against a cry. */
  private weigh(step: Step): void {
    const { neutral, evidence } = this.settings;
    const odds = logit(step.scores.cry) - logit(neutral);
    const weight = Number.isNaN(odds) ? -MOST_WEIGHT : Math.max(-MOST_WEIGHT, Math.min(MOST_WEIGHT, odds));
    const sum = this.evidence + weight * durationS(step);
    this.evidence = Math.max(0, this.reported ? Math.min(evidence, sum) : sum);
  }
}
