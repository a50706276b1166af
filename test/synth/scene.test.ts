import assert from 'node:assert/strict';
import { nurseryScene } from '../../src/synth/scene.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { levels, peakDb } from './analysis.js';

describe('nurseryScene', () => {
  const scenes = [1, 2, 3].map(nurseryScene);

  it('repeats by seed and differs between seeds', () => {
    assert.deepEqual(nurseryScene(1), scenes[0]);
    assert.notDeepEqual(scenes[0], scenes[1]);
  });

  it('is a minute long, in a quiet room, with cry peaks about -12 dBFS', () => {
    for (const { samples } of scenes) {
      const durationS = samples.length / SAMPLE_RATE;
      assert.ok(durationS >= 60 && durationS <= 70);
      assert.ok(Math.abs(peakDb(samples) + 12) < 1.5, `${peakDb(samples)} dB`);
      for (const level of levels(samples.subarray(0, 3 * SAMPLE_RATE), 1))
        assert.ok(Math.abs(level + 55) < 3);
    }
  });

  it('has one cry episode, and then at least 12 s of quiet', () => {
    for (const { samples, cries } of scenes) {
      assert.equal(cries.length, 1);
      const [{ startS, endS }] = cries;
      assert.ok(endS - startS >= 15 && endS - startS <= 18);
      assert.ok(samples.length / SAMPLE_RATE - endS >= 12);
      const quiet = samples.subarray(Math.ceil((endS + 0.4) * SAMPLE_RATE));
      assert.ok(Math.max(...levels(quiet, 0.1)) < -48);
    }
  });

  it('tells truly where its parts sound', () => {
    for (const { samples, parts } of scenes) {
      assert.deepEqual(
        parts.map(({ name }) => name),
        ['room noise', 'babble', 'lullaby', 'cry'],
      );
      const loud = levels(samples, 0.01).map(level => level > -45);
      for (const { name, startS, endS } of parts.slice(1)) {
        const first = loud.indexOf(true, Math.round(100 * startS - 50)) / 100;
        assert.ok(Math.abs(first - startS) < 0.2, `${name} starts at ${first} s, said ${startS}`);
        const last = loud.lastIndexOf(true, Math.round(100 * endS + 100)) / 100;
        assert.ok(last - endS < 0.4 && last - endS > -1, `${name} ends at ${last} s, said ${endS}`);
      }
    }
  });
});
