import assert from 'node:assert/strict';
import { LevelMeter } from '../../../src/audio/live/level-meter.js';
import { SAMPLE_RATE } from '../../../src/values.js';

describe('LevelMeter', () => {
  it('measures each second, however its samples are cut', () => {
    const samples = Float32Array.from({ length: 3.5 * SAMPLE_RATE }, (_, i) =>
      i < SAMPLE_RATE ? 0.1 : i < 2 * SAMPLE_RATE ? (i % 2 ? 1 : -1) * (i % 4 ? 0.5 : 1) : 0.25 * Math.sin(i),
    );
    const levels = (piece: number): (number | undefined)[][] => {
      const meter = new LevelMeter();
      const seen: (number | undefined)[][] = [];
      for (let at = 0; at < samples.length; at += piece) {
        meter.push(samples.subarray(at, at + piece));
        const { level, silentS } = meter;
        const now = [level?.levelDb, level?.clipping, silentS];
        if (String(seen.at(-1)) !== String(now)) seen.push(now);
      }
      return seen;
    };
    const [before, constant, loud, sine] = levels(1000);
    assert.deepEqual(before, [undefined, undefined, 0]);
    assert.deepEqual([constant[0], constant[2]], [-120, 1], 'a constant is silence');
    assert.equal(loud[1], 0.25);
    assert.ok(Math.abs(sine[0]! - 10 * Math.log10(0.25 ** 2 / 2)) < 0.01);
    assert.deepEqual(levels(777), levels(1000));
    assert.deepEqual(levels(samples.length), [sine]);
  });
});
