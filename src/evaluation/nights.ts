import type { NightPlan } from '../dataset/night.js';
import { playNight } from '../dataset/night.js';
import type { Span } from '../dataset/synth/scene.js';
import { Tracker, type TrackerSettings } from '../detect/tracker.js';
import type { Classifier } from '../model/classifier.js';
import { SAMPLE_RATE, type CryEvent, type Scores } from '../values.js';

/** A time in which a detector says that a baby cries, in seconds from the night's start. */
export interface Alarm {
  toldS: number;
  endS: number;
}

/** Alarms that follow each other within this time are one: nobody is woken twice. Frigate holds an event as long. */
const HOLD_S = 30;
/** An episode may be told this long after its end: a short cry is certain only when it is over. */
const GRACE_S = 3;

/** What a detector's alarms are worth against the truth. */
export interface NightFigures {
  episodes: number;
  found: number;
  /** Time from onset to alarm of each episode found; 0 where the alarm was on already. */
  latenciesS: number[];
  /** When an alarm was told that no episode explains. */
  falseAlarmsS: number[];
}

/** Judges the alarms of one night, oldest first, against its episodes. */
export function judgeNight(alarms: readonly Alarm[], episodes: readonly Span[]): NightFigures {
  const held: Alarm[] = [];
  for (const alarm of alarms) {
    const last = held.at(-1);
    if (last && alarm.toldS - last.endS < HOLD_S) last.endS = Math.max(last.endS, alarm.endS);
    else held.push({ ...alarm });
  }
  const overlaps = (alarm: Alarm, { startS, endS }: Span): boolean =>
    alarm.toldS <= endS + GRACE_S && alarm.endS >= startS;
  const firsts = episodes.map(episode => alarms.find(alarm => overlaps(alarm, episode)));
  const latenciesS = firsts.flatMap((alarm, i) =>
    alarm ? [Math.max(0, alarm.toldS - episodes[i].startS)] : [],
  );
  const isFalse = (alarm: Alarm): boolean => !episodes.some(episode => overlaps(alarm, episode));
  return {
    episodes: episodes.length,
    found: latenciesS.length,
    latenciesS,
    falseAlarmsS: held.filter(isFalse).map(({ toldS }) => toldS),
  };
}

/** The alarms of a tracker: each lasts from the message that a cry has started to its offset. */
export class TrackerAlarms {
  readonly alarms: Alarm[] = [];
  private readonly tracker: Tracker;

  constructor(settings: TrackerSettings) {
    this.tracker = new Tracker('night', settings);
  }

  push(step: Scores): void {
    this.note(this.tracker.push(step), step.endSample / SAMPLE_RATE);
  }

  end(): void {
    this.note(this.tracker.flush(), NaN);
  }

  private note(events: readonly CryEvent[], nowS: number): void {
    for (const { state, offsetS } of events) {
      if (state === 'started') this.alarms.push({ toldS: nowS, endS: Infinity });
      else if (state === 'ended') this.alarms.at(-1)!.endS = offsetS!;
    }
  }
}

/** Plays a night to a classifier. @returns the true episodes; each step is told as it is heard, without its embedding */
export async function hearNight<Sound>(
  plan: NightPlan<Sound>,
  read: (sound: Sound) => Promise<Float32Array>,
  classifier: Classifier,
  tell: (step: Scores) => void,
): Promise<Span[]> {
  const stream = classifier.open();
  const episodes: Span[] = [];
  let firstSample = 0;
  try {
    for await (const { samples, begun } of playNight(plan, read)) {
      episodes.push(...begun);
      const at = (firstSample / SAMPLE_RATE) * 1000;
      const steps = await stream.push({ samples, firstSample, at, source: 'night', lost: 0 });
      steps.forEach(tell);
      firstSample += samples.length;
    }
    (await stream.flush()).forEach(tell);
  } finally {
    await stream.close();
  }
  return episodes;
}
