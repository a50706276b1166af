import { judgeNight, TrackerAlarms } from '../evaluation/nights.js';
import { thresholdAt } from '../evaluation/metrics.js';
import { TRACKER_DEFAULTS } from '../detect/tracker.js';
import { calibrated, logit, type Calibration } from '../model/calibration.js';
import { PRESETS, type Preset, type PresetThresholds, type TrackerThresholds } from '../model/manifest.js';
import { LABELS, SAMPLE_RATE, type Label, type Scores, type Voice } from '../values.js';
import type { NightRecord } from './measure.js';

/** What each preset promises (see PresetThresholds). */
const PROMISES: Record<Preset, PresetThresholds['promise']> = {
  careful: { falseAlarmsPerNight: 0.1, clipFalseAlarmRate: 0.002 },
  balanced: { falseAlarmsPerNight: 1, clipFalseAlarmRate: 0.005 },
  sensitive: { falseAlarmsPerNight: 3, clipFalseAlarmRate: 0.02 },
};
const NIGHT_S = 8 * 3600;
/** Clip scores below 0 and 1: where nothing is in doubt, calibrated scores reach both. */
const LEAST_CLIP = 1e-6;

/** Levels that are tried. */
const ODDS = Array.from({ length: 61 }, (_, i) => (i - 30) / 5);

/**
 * Chooses each preset's thresholds: for recordings, the clip score that the promised share of others exceeds; for
 * nights, the least level that keeps the promised false alarms, which finds the most episodes, and soonest.
 * @param others logits of the uncalibrated clip scores of recordings without a cry
 * @param nights with uncalibrated scores; without any, thresholds for nights that were not chosen
 */
export function chooseThresholds(
  calibration: Calibration,
  others: readonly number[],
  nights: readonly NightRecord[],
): Record<Preset, PresetThresholds> {
  const tried = nights.length > 0 ? tryThresholds(calibration, nights) : [];
  const heardS = nights.reduce((sum, { steps }) => sum + steps.at(-1)!.endSample / SAMPLE_RATE, 0);
  const thresholds = PRESETS.map(preset => {
    const promise = PROMISES[preset];
    const threshold = calibrated(thresholdAt(promise.clipFalseAlarmRate, others), calibration);
    const clip = Math.max(LEAST_CLIP, Math.min(1 - LEAST_CLIP, threshold));
    const allowed = (promise.falseAlarmsPerNight * heardS) / NIGHT_S;
    // A level promises something only if all above it do. Where none keeps the promise, the highest comes nearest.
    const above = tried.findLastIndex(({ falseAlarms }) => falseAlarms > allowed) + 1;
    const { odds } = tried.at(Math.min(above, tried.length - 1)) ?? { odds: UNCHOSEN_ODDS };
    return [preset, { odds, clip, promise }] as const;
  });
  return Object.fromEntries(thresholds) as Record<Preset, PresetThresholds>;
}

/** The level before any night was heard: as likely a cry as not. */
const UNCHOSEN_ODDS = 0;

/** The false alarms in all nights at each level, lowest first. */
function tryThresholds(
  calibration: Calibration,
  nights: readonly NightRecord[],
): (TrackerThresholds & { falseAlarms: number })[] {
  const tried = ODDS.map(odds => ({ odds, falseAlarms: 0 }));
  for (const { episodes, steps } of nights) {
    const scores = asScores(steps, calibration);
    for (const one of tried) {
      const tracker = new TrackerAlarms({ ...TRACKER_DEFAULTS, odds: one.odds });
      for (const step of scores) tracker.push(step);
      tracker.end();
      one.falseAlarms += judgeNight(tracker.alarms, episodes).falseAlarmsS.length;
    }
  }
  return tried;
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
