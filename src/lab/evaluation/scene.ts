import { castOf, planNight, type NightPlan } from '../corpus/night.js';
import type { Span } from '../../synth/scene.js';
import { TRACKER_DEFAULTS } from '../../detect/tracker.js';
import type { Classifier } from '../../model/classifier.js';
import { PRESETS } from '../../model/manifest.js';
import { SAMPLE_RATE } from '../../values.js';
import {
  ClassifierListener,
  FrigateDetector,
  playNightTo,
  judgeNight,
  sceneFigures,
  TrackerAlarms,
  type Alarm,
  type NightFigures,
  type SceneFigures,
  type WindowRival,
} from './nights.js';

/** Frigate's default threshold, and the lowest that it allows. */
const FRIGATE_THRESHOLDS = [0.8, 0.5];
/** The thresholds at which a night is judged besides: log odds for the model's tracker, scores for rivals. */
const SWEPT_ODDS = Array.from({ length: 21 }, (_, i) => (i - 8) / 2);
const SWEPT_SCORES = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
/** The curve shows the highest score in this many seconds. */
const CURVE_S = 20;

/** A sound that nights are made from. */
export interface NightSound {
  path: string;
  label: string;
  sublabel: string;
  group: string;
}

/** A night, and the alarms that were raised in it. */
export interface NightResult<Sound> {
  plan: NightPlan<Sound>;
  episodes: Span[];
  /** By preset of the model, and by rival. */
  presets: Record<string, NightFigures>;
  rivals: Record<string, NightFigures>;
  /** The model's figures by threshold, and those of each rival by its name. */
  sweep: Record<string, NightFigures>;
  rivalSweeps: Record<string, Record<string, NightFigures>>;
  /** The model's highest cry score over time. */
  curve: { atS: number; score: number }[];
}

/** Plays one night to a model with all its presets, and to other networks by name, by Frigate's rule. */
export async function playScene<Sound extends NightSound>(
  recordings: readonly Sound[],
  read: (sound: Sound) => Promise<Float32Array>,
  classifier: Classifier,
  rivals: ReadonlyMap<string, WindowRival>,
  { hours, seed }: { hours: number; seed: number },
  onProgress: (heardS: number) => void,
): Promise<NightResult<Sound>> {
  const plan = planNight(castOf(recordings), { hours, seed });
  const trackers = new Map(
    PRESETS.map(preset => {
      const { odds } = classifier.manifest.presets[preset];
      return [preset, new TrackerAlarms({ ...TRACKER_DEFAULTS, odds })];
    }),
  );
  const swept = new Map(
    // At a low threshold a cry lasts all night: what it was up to now is not asked.
    SWEPT_ODDS.map(odds => [
      String(odds),
      new TrackerAlarms({ ...TRACKER_DEFAULTS, odds, ongoingEveryS: Number.MAX_VALUE }),
    ]),
  );
  const curve: NightResult<Sound>['curve'] = [];
  const stream = classifier.open();
  const listener = new ClassifierListener(stream, step => {
    for (const tracker of [...trackers.values(), ...swept.values()]) tracker.push(step);
    const at = Math.floor(step.endSample / SAMPLE_RATE / CURVE_S);
    curve[at] ??= { atS: (at + 0.5) * CURVE_S, score: 0 };
    curve[at].score = Math.max(curve[at].score, step.scores.cry);
  });
  const frigates = new Map(
    [...rivals].map(([name, rival]) => [
      name,
      new FrigateDetector(rival, [...new Set([...FRIGATE_THRESHOLDS, ...SWEPT_SCORES])]),
    ]),
  );
  const episodes = await playNightTo([listener, ...frigates.values()], plan, read, onProgress);
  await stream.close();
  for (const tracker of [...trackers.values(), ...swept.values()]) tracker.flush();
  const judge = (alarms: readonly (readonly [string, readonly Alarm[]])[]): Record<string, NightFigures> =>
    Object.fromEntries(alarms.map(([name, raised]) => [name, judgeNight(raised, episodes)]));
  return {
    plan,
    episodes,
    curve: curve.filter(Boolean),
    presets: judge([...trackers].map(([preset, { alarms }]) => [preset, alarms])),
    rivals: judge(
      [...frigates].flatMap(([name, { alarms }]) =>
        FRIGATE_THRESHOLDS.map(threshold => [`${name} >= ${threshold}`, alarms.get(threshold)!] as const),
      ),
    ),
    sweep: judge([...swept].map(([odds, { alarms }]) => [odds, alarms])),
    rivalSweeps: Object.fromEntries(
      [...frigates].map(([name, { alarms }]) => [
        name,
        judge([...alarms].map(([threshold, raised]) => [String(threshold), raised])),
      ]),
    ),
  };
}

/** The figures of all nights together, by preset or rival. */
export function figuresOfNights(
  nights: readonly Record<string, NightFigures>[],
): Record<string, SceneFigures> {
  return Object.fromEntries(
    Object.keys(nights[0]).map(name => [name, sceneFigures(nights.map(night => night[name]))]),
  );
}

/** A threshold, and what it does in a night. */
export interface SweptFigures {
  threshold: number;
  found: number;
  episodes: number;
  falseAlarmsPerNight: number;
}

/** The figures of all nights by threshold, the lowest first: of the model and of each rival, by name. */
export function sweepsOfNights(
  model: string,
  nights: readonly NightResult<unknown>[],
): Record<string, SweptFigures[]> {
  const swept = (each: readonly Record<string, NightFigures>[]): SweptFigures[] =>
    Object.entries(figuresOfNights(each))
      .map(([threshold, { found, episodes, falseAlarmsPerNight }]) => ({
        threshold: Number(threshold),
        found,
        episodes,
        falseAlarmsPerNight,
      }))
      .sort((a, b) => a.threshold - b.threshold);
  const curves: Record<string, SweptFigures[]> = { [model]: swept(nights.map(({ sweep }) => sweep)) };
  for (const name of Object.keys(nights[0].rivalSweeps))
    curves[name] = swept(nights.map(({ rivalSweeps }) => rivalSweeps[name]));
  return curves;
}

/** The other sound that played when an alarm was raised, if there was one. */
export function causeOf<Sound>({ others }: NightPlan<Sound>, raisedS: number): Sound | undefined {
  return others.findLast(({ startS }) => startS <= raisedS && startS > raisedS - LONGEST_CAUSE_S)?.sound;
}

/** A sound and its after-effect in the network last at most this long. */
const LONGEST_CAUSE_S = 12;
