import assert from 'node:assert/strict';
import { alarm, babble, fanNoise, lullaby, meows, roomNoise } from '../../src/synth/nursery.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { levels, peakDb, pitches, rmsDb, share, spectrum } from './analysis.js';

const SEEDS = [0, 1, 2, 3];

describe('the nursery', () => {
  const sounds = [
    { synthesise: roomNoise, level: rmsDb, db: -55 },
    { synthesise: fanNoise, level: rmsDb, db: -35 },
    { synthesise: babble, level: peakDb, db: -15 },
    { synthesise: meows, level: peakDb, db: -15 },
    { synthesise: alarm, level: peakDb, db: -15 },
    { synthesise: lullaby, level: peakDb, db: -18 },
  ];
  for (const { synthesise, level, db } of sounds) {
    it(`${synthesise.name}: repeats by seed, differs between seeds, has its length and ${db} dBFS`, () => {
      const made = SEEDS.map(seed => synthesise({ seed, durationS: 6 }));
      assert.deepEqual(synthesise({ seed: 0, durationS: 6 }), made[0]);
      made.forEach((samples, i) => {
        assert.equal(samples.length, 6 * SAMPLE_RATE);
        assert.ok(samples.every(Number.isFinite));
        assert.ok(Math.abs(level(samples) - db) < 0.01);
        for (const other of made.slice(i + 1)) assert.notDeepEqual(samples, other);
      });
    });
  }
});

describe('roomNoise', () => {
  it('is steady, with as much power in each octave', () => {
    const noise = roomNoise({ seed: 1, durationS: 20 });
    const power = spectrum(noise);
    const octaves = [125, 250, 500, 1000, 2000].map(hz => 10 * Math.log10(share(power, hz, 2 * hz)));
    assert.ok(Math.max(...octaves) - Math.min(...octaves) < 2, octaves.join(' '));
    for (const level of levels(noise, 1)) assert.ok(Math.abs(level + 55) < 3, `${level} dB`);
  });
});

describe('fanNoise', () => {
  it('is steady and mostly low', () => {
    for (const seed of SEEDS) {
      const noise = fanNoise({ seed, durationS: 6 });
      for (const level of levels(noise, 0.5)) assert.ok(Math.abs(level + 35) < 1.5, `${level} dB`);
      const power = spectrum(noise);
      assert.ok(share(power, 0, 2000) > 2 * share(power, 4000, 6000));
    }
  });
});

describe('babble', () => {
  const talks = SEEDS.map(seed => babble({ seed, durationS: 12 }));

  it("has adults' F0, 90 to 250 Hz, low and high voices among them", () => {
    const all = talks.flatMap(talk => pitches(talk, 80, 400));
    const inRange = all.filter(hz => hz >= 88 && hz <= 255);
    assert.ok(inRange.length > 0.95 * all.length, `${inRange.length} of ${all.length}`);
    assert.ok(all.some(hz => hz < 130) && all.some(hz => hz > 190));
  });

  it('swells and fades 3 to 5 times a second, with pauses', () => {
    for (const talk of talks) {
      const loudness = levels(talk, 0.02).map(level => Math.max(level, -45) + 45);
      const mean = loudness.reduce((a, b) => a + b, 0) / loudness.length;
      const swing = (hz: number): number => {
        const angle = (i: number): number => 2 * Math.PI * hz * 0.02 * i;
        const cos = loudness.reduce((sum, level, i) => sum + (level - mean) * Math.cos(angle(i)), 0);
        const sin = loudness.reduce((sum, level, i) => sum + (level - mean) * Math.sin(angle(i)), 0);
        return cos * cos + sin * sin;
      };
      const band = (fromHz: number): number => {
        let sum = 0;
        for (let hz = fromHz; hz < fromHz + 2; hz += 0.05) sum += swing(hz);
        return sum;
      };
      const [slow, syllables, fast] = [1, 3, 5].map(band);
      assert.ok(syllables > slow && syllables > fast, `${slow}, ${syllables}, ${fast}`);
      assert.ok(loudness.filter(level => level === 0).length > 0.05 * loudness.length);
    }
  });
});

describe('meows', () => {
  const cats = SEEDS.map(seed => meows({ seed, durationS: 15 }));

  it('glide between 400 and 900 Hz and fall at the end', () => {
    for (const cat of cats) {
      const all = pitches(cat, 300, 1000);
      const call = all.filter(hz => hz > 390 && hz < 910);
      assert.ok(call.length > 0.9 * all.length, all.join(' '));
      assert.ok(Math.max(...call) > 1.15 * Math.min(...call));
      assert.ok(call.at(-1)! < 0.95 * Math.max(...call));
    }
  });

  it('are single calls: silent most of the time', () => {
    for (const cat of cats) {
      const silent = levels(cat, 0.02).filter(level => level < -60).length;
      assert.ok(silent > 0.5 * 750, `${silent} of 750 frames`);
    }
  });
});

describe('alarm', () => {
  it('is made of a few steady tones', () => {
    for (const seed of SEEDS) {
      const power = [...spectrum(alarm({ seed, durationS: 8 }))].sort((a, b) => b - a);
      const all = power.reduce((a, b) => a + b, 0);
      assert.ok(power.slice(0, 60).reduce((a, b) => a + b, 0) > 0.98 * all);
    }
  });
});

describe('lullaby', () => {
  it('plucks notes of a pentatonic scale, one to a beat or two, that die away', () => {
    for (const seed of SEEDS) {
      const song = lullaby({ seed, durationS: 8 });
      const loudness = levels(song, 0.02);
      const onsets = loudness.filter((level, i) => i > 1 && level > loudness[i - 2] + 2).length;
      assert.ok(onsets >= 5 && onsets <= 60, `${onsets} onsets`);
      assert.ok(share(spectrum(song), 150, 3500) > 0.99);
    }
  });
});
