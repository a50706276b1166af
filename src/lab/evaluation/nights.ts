import { concat } from '../../concat.js';
import { quantile } from '../../maths/statistics.js';
import { playNight, type NightPlan } from '../corpus/night.js';
import type { Span } from '../../synth/scene.js';
import { Tracker, type TrackerSettings } from '../../detect/tracker.js';
import type { ClassifierStream } from '../../model/classifier.js';
import { SAMPLE_RATE, type AudioChunk, type CryEvent, type Scores } from '../../values.js';

/** A time in which a detector reports a cry, in seconds from the night's start. */
export interface Alarm {
  raisedS: number;
  endS: number;
}

/** Alarms that follow each other within this time are one: nobody is woken twice. Frigate holds an event as long. */
const HOLD_S = 30;
/** An alarm may come this long after an episode's end: a short cry is certain only when it is over. */
const GRACE_S = 3;

/** A detector's alarms against the truth. */
export interface NightFigures {
  episodes: number;
  found: number;
  /** Time from onset to alarm of each episode found; 0 if the alarm was already on. */
  latenciesS: number[];
  /** When an alarm was raised that no episode explains. */
  falseAlarmsS: number[];
}

/** Judges the alarms of one night, oldest first, against its episodes. */
export function judgeNight(alarms: readonly Alarm[], episodes: readonly Span[]): NightFigures {
  const held: Alarm[] = [];
  for (const alarm of alarms) {
    const last = held.at(-1);
    if (last && alarm.raisedS - last.endS < HOLD_S) last.endS = Math.max(last.endS, alarm.endS);
    else held.push({ ...alarm });
  }
  const overlaps = (alarm: Alarm, { startS, endS }: Span): boolean =>
    alarm.raisedS <= endS + GRACE_S && alarm.endS >= startS;
  const firsts = episodes.map(episode => alarms.find(alarm => overlaps(alarm, episode)));
  const latenciesS = firsts.flatMap((alarm, i) =>
    alarm ? [Math.max(0, alarm.raisedS - episodes[i].startS)] : [],
  );
  const isFalse = (alarm: Alarm): boolean => !episodes.some(episode => overlaps(alarm, episode));
  return {
    episodes: episodes.length,
    found: latenciesS.length,
    latenciesS,
    falseAlarmsS: held.filter(isFalse).map(({ raisedS }) => raisedS),
  };
}

/** The figures of several nights together. */
export interface SceneFigures {
  falseAlarmsPerNight: number;
  episodes: number;
  found: number;
  /** From an episode's onset to its alarm, over the episodes found; null if there are none. */
  latencyMedianS: number | null;
  latencyP95S: number | null;
}

export function sceneFigures(nights: readonly NightFigures[]): SceneFigures {
  const sum = (count: (night: NightFigures) => number): number => nights.reduce((n, x) => n + count(x), 0);
  const latencies = nights.flatMap(night => night.latenciesS);
  const latency = (share: number): number | null =>
    latencies.length > 0 ? quantile(latencies, share) : null;
  return {
    falseAlarmsPerNight: sum(night => night.falseAlarmsS.length) / nights.length,
    episodes: sum(night => night.episodes),
    found: sum(night => night.found),
    latencyMedianS: latency(0.5),
    latencyP95S: latency(0.95),
  };
}

/** What a night is played to. */
export interface NightListener {
  push(chunk: AudioChunk): Promise<void>;
  flush(): Promise<void>;
}

/** Plays a night to several listeners at once. @returns the true episodes */
export async function playNightTo<Sound>(
  listeners: readonly NightListener[],
  plan: NightPlan<Sound>,
  read: (sound: Sound) => Promise<Float32Array>,
  onProgress: (heardS: number) => void,
): Promise<Span[]> {
  const episodes: Span[] = [];
  let firstSample = 0;
  for await (const { samples, begun } of playNight(plan, read)) {
    episodes.push(...begun);
    const chunk = { samples, firstSample, at: (1000 * firstSample) / SAMPLE_RATE, source: 'night', lost: 0 };
    await Promise.all(listeners.map(listener => listener.push(chunk)));
    firstSample += samples.length;
    onProgress(firstSample / SAMPLE_RATE);
  }
  await Promise.all(listeners.map(listener => listener.flush()));
  return episodes;
}

/** Gives the steps that a classifier's stream scores. The stream stays open. */
export class ClassifierListener implements NightListener {
  constructor(
    private readonly stream: ClassifierStream,
    private readonly onStep: (step: Scores) => void,
  ) {}

  async push(chunk: AudioChunk): Promise<void> {
    (await this.stream.push(chunk)).forEach(this.onStep);
  }

  async flush(): Promise<void> {
    (await this.stream.flush()).forEach(this.onStep);
  }
}

/** The alarms of a tracker: each lasts from the message that a cry has started to its offset. */
export class TrackerAlarms {
  readonly alarms: Alarm[] = [];
  private readonly tracker: Tracker;

  constructor(settings: TrackerSettings) {
    this.tracker = new Tracker('night', settings);
  }

  push(step: Scores): void {
    this.record(this.tracker.push(step), step.endSample / SAMPLE_RATE);
  }

  flush(): void {
    this.record(this.tracker.flush(), NaN);
  }

  private record(events: readonly CryEvent[], nowS: number): void {
    for (const { state, offsetS } of events) {
      if (state === 'started') this.alarms.push({ raisedS: nowS, endS: Infinity });
      else if (state === 'ended') this.alarms.at(-1)!.endS = offsetS!;
    }
  }
}

/** Another network, which hears windows. */
export interface WindowRival {
  /** Samples of a window. */
  readonly window: number;
  /** The probability of crying in each of the windows that follow each other in a sound. */
  crying(samples: Float32Array): Promise<Float32Array>;
}

/** Windows heard at once: a network is faster on several, and what it heard is kept together. */
const WINDOWS_AT_ONCE = 128;

/**
 * Frigate's rule for YAMNet, or another network of windows: they do not overlap, and one whose crying score reaches the
 * threshold is an alarm (Frigate's default is 0.8, its lowest setting 0.5). Its minimum volume is left out.
 */
export class FrigateDetector implements NightListener {
  /** Alarms by threshold. */
  readonly alarms: Map<number, Alarm[]>;
  private waiting: Float32Array[] = [];
  private heard = 0;

  constructor(
    private readonly rival: WindowRival,
    thresholds: readonly number[],
  ) {
    this.alarms = new Map(thresholds.map(threshold => [threshold, []]));
  }

  async push({ samples }: AudioChunk): Promise<void> {
    this.waiting.push(samples);
    const count = this.waiting.reduce((sum, part) => sum + part.length, 0);
    if (count >= WINDOWS_AT_ONCE * this.rival.window) await this.score();
  }

  async flush(): Promise<void> {
    await this.score();
  }

  private async score(): Promise<void> {
    const { window } = this.rival;
    const samples = concat(this.waiting);
    const used = samples.length - (samples.length % window);
    this.waiting = [samples.subarray(used)];
    if (used === 0) return;
    for (const score of await this.rival.crying(samples.subarray(0, used))) {
      this.heard += window;
      const raisedS = this.heard / SAMPLE_RATE;
      for (const [threshold, alarms] of this.alarms)
        if (score >= threshold) alarms.push({ raisedS, endS: raisedS });
    }
  }
}
