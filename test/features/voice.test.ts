import assert from 'node:assert/strict';
import { measureVoice } from '../../src/features/voice.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { noise } from './signals.js';
import { toneInNoise } from './tones.js';

const LENGTH = 4096;

describe('measureVoice', () => {
  describe('F0', () => {
    for (const [harmonics, lowestHz] of [
      [1, 200],
      [8, 150],
    ]) {
      for (const snrDb of [Infinity, 20, 10]) {
        it(`is that of ${harmonics} harmonics in noise ${snrDb} dB below, from ${lowestHz} to 3000 Hz, to 3%`, () => {
          for (let f0Hz = lowestHz; f0Hz < 3001; f0Hz *= 2 ** 0.1) {
            const { f0Hz: found } = measureVoice(toneInNoise(f0Hz, harmonics, snrDb, LENGTH));
            assert.ok(found !== null && Math.abs(found / f0Hz - 1) < 0.03, `${found} Hz, not ${f0Hz}`);
          }
        });
      }
    }

    it('is the one of the louder frames', () => {
      const samples = toneInNoise(400, 4, Infinity, LENGTH).map((x, n) => (n < 3072 ? 0.01 * x : x));
      samples.set(toneInNoise(600, 4, Infinity, 2048).map(x => 0.01 * x));
      assert.ok(Math.abs(measureVoice(samples).f0Hz! - 400) < 5);
    });

    it('is none in noise', () => {
      assert.equal(measureVoice(Float32Array.from(noise(LENGTH))).f0Hz, null);
    });

    it('does not follow a period that doubles', () => {
      const samples = toneInNoise(400, 8, Infinity, LENGTH);
      const doubled = samples.map((x, n) => x * (1 + 0.2 * Math.cos((2 * Math.PI * 200 * n) / SAMPLE_RATE)));
      assert.ok(Math.abs(measureVoice(doubled).f0Hz! - 400) < 5);
    });
  });

  describe('periodicity', () => {
    const of = (snrDb: number): number => measureVoice(toneInNoise(420, 8, snrDb, 16 * LENGTH)).periodicity;

    it('is the share of a clear tone in noise', () => {
      assert.ok(of(Infinity) > 0.995);
      // Of white noise up to 8 kHz, 0.41 lies in the band.
      for (const snrDb of [20, 10, 5]) {
        const share = 1 / (1 + 0.41 * 10 ** (-snrDb / 10));
        assert.ok(Math.abs(of(snrDb) - share) < 0.03, `${of(snrDb)}, not ${share}`);
      }
    });

    it('falls with the depth of a roughness of 70 Hz and of a doubled period', () => {
      const tone = toneInNoise(400, 8, Infinity, LENGTH);
      for (const hz of [70, 200]) {
        const shares = [0, 0.15, 0.3, 0.45].map(depth => {
          const rough = tone.map((x, n) => x * (1 + depth * Math.cos((2 * Math.PI * hz * n) / SAMPLE_RATE)));
          return measureVoice(rough).periodicity;
        });
        shares.forEach((share, i) => {
          assert.ok(i === 0 || share < shares[i - 1], `${hz} Hz: ${shares.join(' ')}`);
        });
        assert.ok(shares[3] < 0.95, `${hz} Hz: ${shares.join(' ')}`);
      }
    });
  });

  it('measures levels below and above 1 kHz', () => {
    const tone = (hz: number): Float32Array => toneInNoise(hz, 1, Infinity, LENGTH);
    const [low, high] = [measureVoice(tone(500)), measureVoice(tone(2000))];
    // An amplitude of 0.1 is an RMS of -23 dB.
    assert.ok(Math.abs(low.lowDb - -23) < 0.1 && low.highDb < -60, JSON.stringify(low));
    assert.ok(Math.abs(high.highDb - -23) < 0.1 && high.lowDb < -60, JSON.stringify(high));
    for (const hz of [50, 5000]) {
      const outside = measureVoice(tone(hz));
      assert.ok(Math.max(outside.lowDb, outside.highDb) < -50, JSON.stringify(outside));
    }
  });

  it('does not depend on the gain but for the levels', () => {
    const samples = toneInNoise(450, 6, 10, LENGTH);
    const voice = measureVoice(samples);
    for (const gain of [0.1, 10]) {
      const other = measureVoice(samples.map(x => gain * x));
      assert.ok(Math.abs(other.f0Hz! - voice.f0Hz!) < 0.01);
      assert.ok(Math.abs(other.periodicity - voice.periodicity) < 1e-4);
      assert.ok(Math.abs(other.lowDb - voice.lowDb - 20 * Math.log10(gain)) < 1e-3);
      assert.ok(Math.abs(other.highDb - voice.highDb - 20 * Math.log10(gain)) < 1e-3);
    }
  });

  it('hears nothing in silence, and NaN and infinities as silence', () => {
    const silence = { f0Hz: null, periodicity: 0, lowDb: -120, highDb: -120 };
    for (const fill of [0, NaN, Infinity, -Infinity]) {
      assert.deepEqual(measureVoice(new Float32Array(LENGTH).fill(fill)), silence);
    }
  });

  it('takes any length from a frame on', () => {
    const tone = toneInNoise(450, 6, Infinity, 6000);
    for (const length of [512, 1535, 1536, 2560, 5632]) {
      const { f0Hz, lowDb } = measureVoice(tone.subarray(0, length));
      assert.ok(Math.abs(f0Hz! - 450) < 5, `${length}: ${f0Hz} Hz`);
      assert.ok(Math.abs(lowDb - measureVoice(tone).lowDb) < 0.2, `${length}: ${lowDb} dB`);
    }
  });
});
