import { judgeNight, sceneFigures, TrackerAlarms, type SceneFigures } from '../evaluation/nights.js';
import { thresholdAt } from '../evaluation/metrics.js';
import { TRACKER_DEFAULTS } from '../detect/tracker.js';
import { calibrated, logit, type Calibration } from '../model/calibration.js';
import { PRESETS, type Preset, type PresetThresholds, type TrackerThresholds } from '../model/manifest.js';
import { LABELS, SAMPLE_RATE, type Label, type Scores, type Voice } from '../values.js';
import type { NightRecord } from './measure.js';

/** What each preset promises (see PresetThresholds). */
const PROMISES: Record<Preset, PresetThresholds['promise']> = {
  careful: { falseAlarmsPerNight: 0.1, clipFalseAlarmRate: 0.002 },
  balanced: { falseAlarmsPerNight: 0.5, clipFalseAlarmRate: 0.005 },
  sensitive: { falseAlarmsPerNight: 3, clipFalseAlarmRate: 0.02 },
};
const NIGHT_S = 8 * 3600;
/** Clip scores below 0 and 1: where nothing is in doubt, calibrated scores reach both. */
const LEAST_CLIP = 1e-6;

/** Log odds of `neutral` and amounts of `evidence` that are tried. */
const NEUTRAL_ODDS = [-1, -0.5, 0, 0.5, 1];
const EVIDENCE = Array.from({ length: 24 }, (_, i) => 0.5 * 1.2 ** i);
/** A second of delay costs as much as missing this share of the episodes. */
const COST_OF_DELAY = 0.03;

/**
 * Chooses each preset's thresholds: for recordings, the clip score that the promised share of others exceeds; for
 * nights, those that find the most episodes, and soon, among all that keep the promised false alarms.
 * @param others logits of the uncalibrated clip scores of recordings without a cry
 * @param nights with uncalibrated scores; without any, thresholds for nights that were not chosen
 */
export function chooseThresholds(
  calibration: Calibration,
  others: readonly number[],
  nights: readonly NightRecord[],
): Record<Preset, PresetThresholds> {
  const tried = nights.length > 0 ? tryThresholds(calibration, nights) : [];
  // The best of many on some nights is worse on others: what is asked for is kept with a step less of evidence, too.
  const nearly = (one: (typeof tried)[number]): number => {
    const before = tried[tried.indexOf(one) - 1] as (typeof tried)[number] | undefined;
    const weaker = before?.neutral === one.neutral ? before : one;
    return weaker.figures.falseAlarmsPerNight * nights.length;
  };
  const heardS = nights.reduce((sum, { steps }) => sum + steps.at(-1)!.endSample / SAMPLE_RATE, 0);
  const thresholds = PRESETS.map(preset => {
    const promise = PROMISES[preset];
    const threshold = calibrated(thresholdAt(promise.clipFalseAlarmRate, others), calibration);
    const clip = Math.max(LEAST_CLIP, Math.min(1 - LEAST_CLIP, threshold));
    const allowed = (promise.falseAlarmsPerNight * heardS) / NIGHT_S;
    // Where nothing tried keeps the promise, what comes nearest to it.
    const most = Math.max(allowed, Math.min(...tried.map(nearly)));
    const kept = tried.filter(one => nearly(one) <= most);
    const [best] = kept.sort((a, b) => worth(b.figures) - worth(a.figures));
    const { neutral, evidence } = (best as (typeof kept)[number] | undefined) ?? UNCHOSEN[preset];
    return [preset, { neutral, evidence, clip, promise }] as const;
  });
  return Object.fromEntries(thresholds) as Record<Preset, PresetThresholds>;
}

function worth({ found, episodes, latencyMedianS }: SceneFigures): number {
  return found / episodes - COST_OF_DELAY * (latencyMedianS ?? 0);
}

/** Thresholds before any night was heard. */
export const UNCHOSEN: Record<Preset, TrackerThresholds> = {
  careful: { neutral: 0.5, evidence: 3 },
  balanced: { neutral: 0.5, evidence: 2 },
  sensitive: { neutral: 0.5, evidence: 1 },
};

function tryThresholds(
  calibration: Calibration,
  nights: readonly NightRecord[],
): (TrackerThresholds & { figures: SceneFigures })[] {
  const heard = nights.map(({ episodes, steps }) => ({ episodes, steps: asScores(steps, calibration) }));
  return NEUTRAL_ODDS.map(odds => calibrated(odds, { a: 1, b: 0 })).flatMap(neutral =>
    EVIDENCE.map(evidence => {
      const judged = heard.map(({ episodes, steps }) => {
        const tracker = new TrackerAlarms({ ...TRACKER_DEFAULTS, neutral, evidence });
        for (const step of steps) tracker.push(step);
        tracker.end();
        return judgeNight(tracker.alarms, episodes);
      });
      return { neutral, evidence, figures: sceneFigures(judged) };
    }),
  );
}

const SILENCE: Voice = { f0Hz: null, periodicity: 0, lowDb: -120, highDb: -120 };

/** Calibrated steps as a tracker takes them; of the rest it needs no more than the times. */
function asScores(steps: NightRecord['steps'], calibration: Calibration): Scores[] {
  const embedding = new Float32Array(0);
  return steps.map(({ endSample, cry }, i) => {
    const startSample = i === 0 ? 0 : steps[i - 1].endSample;
    const scores = Object.fromEntries(LABELS.map(label => [label, 0])) as Record<Label, number>;
    scores.cry = calibrated(logit(cry), calibration);
    return { scores, embedding, startSample, endSample, at: 0, levelDb: 0, voice: SILENCE };
  });
}
