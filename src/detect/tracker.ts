import { DeepInfantError } from '../errors.js';
import { MOST_ODDS, type TrackerThresholds } from '../model/manifest.js';
import type { CryEvent, Scores } from '../values.js';
import { CryLevel } from './cry-level.js';
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

/**
 * Turns one source's steps into cry events: CryLevel decides when a cry is reported and when it is over, an Episode
 * gathers what is said of it. A pure state machine: the same steps give the same events. Messages that a cry goes on come
 * only with a step heard, so a reported duration never counts the quiet at its end.
 */
export class Tracker {
  private readonly level: CryLevel;
  private last: Step | undefined;
  /** The cry that is suspected or reported. */
  private cry: Episode | undefined;
  private noiseFloor = new NoiseFloor();

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
    this.level = new CryLevel(settings);
  }

  /** Seconds from the onset of the reported cry to the last step heard, without the quiet since; undefined without a cry. */
  get cryingS(): number | undefined {
    return this.level.hasCry ? this.cry!.durationS : undefined;
  }

  /** Takes the next step and gives the events that it caused. A step not after the last one begins a new stream. */
  push(scores: Scores): CryEvent[] {
    const lastEnd = this.last?.endSample;
    if (lastEnd !== undefined && scores.endSample <= lastEnd) return [...this.flush(), ...this.push(scores)];
    const step = { ...scores, hopStart: Math.max(lastEnd ?? 0, scores.startSample) };
    this.last = step;
    this.noiseFloor.push(step.voice, durationS(step));
    switch (this.level.push({ cry: step.scores.cry, hopStart: step.hopStart, endSample: step.endSample })) {
      case 'suspected':
        this.cry = new Episode(this.source, this.noiseFloor, step);
        return [];
      case 'heard':
        this.cry!.push(step);
        return this.level.hasCry && this.cry!.unreportedS >= this.settings.ongoingEveryS
          ? [this.cry!.report('ongoing')]
          : [];
      case 'started':
        this.cry!.push(step);
        return [this.cry!.report('started')];
      case 'ended': {
        const cry = this.cry!;
        this.cry = undefined;
        return [cry.flush(false)];
      }
      case 'quiet':
        return [];
    }
  }

  /** Ends the stream and with it a running cry. A next push begins a new stream. */
  flush(): CryEvent[] {
    const cry = this.level.hasCry ? this.cry! : undefined;
    const wasHeardLast = cry?.quietS(this.last!.endSample) === 0;
    this.level.reset();
    this.last = undefined;
    this.cry = undefined;
    this.noiseFloor = new NoiseFloor();
    return cry ? [cry.flush(wasHeardLast)] : [];
  }
}
