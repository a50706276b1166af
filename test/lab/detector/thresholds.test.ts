import assert from 'node:assert/strict';
import { Random } from '../../../src/maths/random.js';
import { TRACKER_DEFAULTS } from '../../../src/detect/tracker.js';
import { judgeNight, TrackerAlarms } from '../../../src/lab/evaluation/nights.js';
import { sigmoid } from '../../../src/model/calibration.js';
import { PRESETS } from '../../../src/model/manifest.js';
import type { NightRecord } from '../../../src/lab/detector/measure.js';
import { chooseThresholds } from '../../../src/lab/detector/thresholds.js';
import { SAMPLE_RATE } from '../../../src/values.js';
import { step } from '../../detect/steps.js';

const HOP = 4096;
const HOURS = 8;
const CALIBRATION = { a: 1, b: 0 };

/** A night with 12 cries, sure and less sure ones, and 40 bursts of something else, of some steps and of this sureness. */
function night(seed: number, burstSteps = 4, burstOdds = 2): NightRecord {
  const random = new Random(seed);
  const count = (HOURS * 3600 * SAMPLE_RATE) / HOP;
  const odds = Array.from({ length: count }, () => -4 + random.normal());
  const episodes = Array.from({ length: 12 }, (_, i) => {
    const first = Math.floor((count / 12) * (i + 0.5));
    const length = 20 + random.integer(60);
    const sureness = random.uniform(1, 4);
    for (let j = 0; j < length; j++) odds[first + j] = sureness + random.normal();
    return { startS: (first * HOP) / SAMPLE_RATE, endS: ((first + length) * HOP) / SAMPLE_RATE };
  });
  for (let i = 0; i < 40; i++) {
    const first = Math.floor((count / 40) * (i + 0.3));
    const length = 1 + random.integer(burstSteps);
    for (let j = 0; j < length; j++) odds[first + j] = burstOdds + random.normal();
  }
  return { episodes, steps: odds.map((z, i) => ({ endSample: (i + 1) * HOP, cry: sigmoid(z) })) };
}

describe('chooseThresholds', function () {
  this.timeout(60_000);
  const nights = [night(1)];
  const others = Array.from({ length: 1000 }, (_, i) => -6 + i / 100);
  const presets = chooseThresholds(CALIBRATION, others, nights);

  function falseAlarms(
    preset: (typeof PRESETS)[number],
    { steps, episodes }: NightRecord,
    of = presets,
  ): number {
    const { odds } = of[preset];
    const tracker = new TrackerAlarms({ ...TRACKER_DEFAULTS, odds });
    steps.forEach(({ cry, endSample }, i) => {
      tracker.push({ ...step(i, cry), endSample });
    });
    tracker.flush();
    return judgeNight(tracker.alarms, episodes).falseAlarmsS.length;
  }

  it('keeps the promised false alarms a night', () => {
    for (const preset of PRESETS)
      assert.ok(falseAlarms(preset, nights[0]) <= presets[preset].promise.falseAlarmsPerNight, preset);
  });

  it('lets through the promised share of recordings', () => {
    for (const preset of PRESETS) {
      const { clip, promise } = presets[preset];
      const share = others.filter(z => sigmoid(z) > clip).length / others.length;
      assert.ok(Math.abs(share - promise.clipFalseAlarmRate) <= 0.001, `${preset}: ${share}`);
    }
  });

  it('asks for less the more false alarms are allowed', () => {
    const { careful, balanced, sensitive } = presets;
    assert.ok(careful.clip >= balanced.clip && balanced.clip >= sensitive.clip);
    assert.ok(falseAlarms('careful', nights[0]) <= falseAlarms('sensitive', nights[0]));
    assert.ok(sensitive.odds <= balanced.odds && balanced.odds <= careful.odds);
  });

  it('comes as near to a promise as it can', () => {
    const restless = night(2, 400, 12);
    const nearest = chooseThresholds(CALIBRATION, others, [restless]);
    const told = falseAlarms('careful', restless, nearest);
    assert.ok(told > nearest.careful.promise.falseAlarmsPerNight, 'keeps it, which shows nothing');
    assert.ok(
      told < falseAlarms('careful', restless, { ...nearest, careful: { ...nearest.careful, odds: 0 } }),
    );
  });
});
