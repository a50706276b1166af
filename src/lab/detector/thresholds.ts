import { judgeNight, type Alarm } from '../evaluation/nights.js';
import { thresholdAt } from '../evaluation/metrics.js';
import { CryLevel } from '../../detect/cry-level.js';
import { TRACKER_DEFAULTS } from '../../detect/tracker.js';
import { calibrate, logit, type Calibration } from '../../model/calibration.js';
import { PRESETS, type Preset, type PresetThresholds } from '../../model/manifest.js';
import { SAMPLE_RATE } from '../../values.js';
import type { NightRecord } from './measure.js';

/** What each preset promises (see PresetThresholds). */
const PROMISES: Record<Preset, PresetThresholds['promise']> = {
  careful: { falseAlarmsPerNight: 0.1, clipFalseAlarmRate: 0.002 },
  balanced: { falseAlarmsPerNight: 1, clipFalseAlarmRate: 0.005 },
  sensitive: { falseAlarmsPerNight: 3, clipFalseAlarmRate: 0.02 },
};
const NIGHT_S = 8 * 3600;
/** Distance of clip thresholds from 0 and 1, which calibrated scores may reach. */
const LEAST_CLIP = 1e-6;

/** The levels to try. */
const ODDS = Array.from({ length: 61 }, (_, i) => (i - 30) / 5);

/**
 * Chooses each preset's thresholds: for recordings, the clip score that the promised share of others exceeds; for
 * nights, the lowest level that keeps the promised false alarms, which finds the most episodes and has the least delay.
 * @param others logits of the uncalibrated clip scores of recordings without a cry
 * @param nights at least one, with uncalibrated scores
 */
export function chooseThresholds(
  calibration: Calibration,
  others: readonly number[],
  nights: readonly NightRecord[],
): Record<Preset, PresetThresholds> {
  const heardS = nights.reduce((sum, { steps }) => sum + steps.at(-1)!.endSample / SAMPLE_RATE, 0);
  const thresholds = PRESETS.map(preset => {
    const promise = PROMISES[preset];
    const threshold = calibrate(thresholdAt(promise.clipFalseAlarmRate, others), calibration);
    const clip = Math.max(LEAST_CLIP, Math.min(1 - LEAST_CLIP, threshold));
    const allowed = (promise.falseAlarmsPerNight * heardS) / NIGHT_S;
    return [preset, { odds: leastOdds(calibration, nights, allowed), clip, promise }] as const;
  });
  return Object.fromEntries(thresholds) as Record<Preset, PresetThresholds>;
}

/** The lowest level with at most the allowed false alarms in all nights, or else the highest: higher levels have fewer. */
function leastOdds(calibration: Calibration, nights: readonly NightRecord[], allowed: number): number {
  let least = 0;
  let most = ODDS.length - 1;
  while (least < most) {
    const middle = (least + most) >> 1;
    if (falseAlarms(calibration, nights, ODDS[middle]) <= allowed) most = middle;
    else least = middle + 1;
  }
  return ODDS[least];
}

function falseAlarms(calibration: Calibration, nights: readonly NightRecord[], odds: number): number {
  const counts = nights.map(({ episodes, steps }) => {
    const level = new CryLevel({ odds, hangoverS: TRACKER_DEFAULTS.hangoverS });
    const alarms: Alarm[] = [];
    let hopStart = 0;
    for (const { endSample, cry } of steps) {
      const change = level.push({ cry: calibrate(logit(cry), calibration), hopStart, endSample });
      const nowS = endSample / SAMPLE_RATE;
      if (change === 'started') alarms.push({ raisedS: nowS, endS: nowS });
      else if (change === 'heard' && level.hasCry) alarms.at(-1)!.endS = nowS;
      hopStart = endSample;
    }
    return judgeNight(alarms, episodes).falseAlarmsS.length;
  });
  return counts.reduce((a, b) => a + b);
}
