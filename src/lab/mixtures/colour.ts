import { melCentresHz } from '../../features/mel-scale.js';
import { LogMel } from '../../features/log-mel.js';
import { amplitudeOfDb } from '../../maths/decibels.js';
import { Random } from '../../maths/random.js';
import { SAMPLE_RATE } from '../../values.js';

/** Frequencies are stretched by up to this factor, as by a vocal tract of another length. */
const WARP = 1.12;
/** Lowest mel power, which even a silent recording has: rounding noise near -90 dB of full scale. */
export const FLOOR_DB = -70;

/**
 * Changes a log-mel as rooms, microphones, codecs and their noise do: on the mel power, where this is cheap and nearly exact
 * (powers of unrelated sounds add). Bandwidth and level are drawn in the same way for all sounds, so that neither gives the
 * label away.
 */
export class Colour {
  private readonly logMel = new LogMel();
  private readonly centresHz: number[];
  /** Mel power of white noise, [frames x mels], and its mean by mel. */
  private readonly whiteNoise: Float32Array;
  private readonly whiteNoiseMean: Float32Array;

  /** @param frames length of a log-mel */
  constructor(private readonly frames: number) {
    const { mels } = this.logMel;
    this.centresHz = melCentresHz(mels, 0, SAMPLE_RATE / 2);
    const random = new Random(1);
    const noise = Float32Array.from({ length: 40 * SAMPLE_RATE }, () => 0.1 * random.normal());
    this.whiteNoise = this.logMel.push(noise).map(powerOf);
    this.whiteNoiseMean = new Float32Array(mels);
    for (let i = 0; i < this.whiteNoise.length; i++)
      this.whiteNoiseMean[i % mels] += (this.whiteNoise[i] * mels) / this.whiteNoise.length;
  }

  /** Room, microphone, bandwidth, noise and level, in place on a log-mel in dB; then blanks as SpecAugment does. */
  apply(melDb: Float32Array, random: Random): void {
    const mels = this.logMel.mels;
    const frames = this.frames;
    const gainDb = this.spectralGainDb(random);
    const reverb = random.chance(0.35)
      ? {
          decay: amplitudeOfDb(-60 / ((random.uniform(0.1, 0.7) * SAMPLE_RATE) / this.logMel.hop)) ** 2,
          share: random.uniform(0.05, 0.6),
        }
      : undefined;
    if (random.chance(0.5)) this.warp(melDb, WARP ** random.uniform(-1, 1));
    const power = melDb.map(powerOf);
    if (reverb) {
      const tail = new Float32Array(mels);
      for (let t = 0; t < frames; t++) {
        for (let m = 0; m < mels; m++) {
          const direct = power[t * mels + m];
          power[t * mels + m] = direct + reverb.share * tail[m];
          tail[m] = (tail[m] + direct) * reverb.decay;
        }
      }
    }
    const gain = gainDb.map(powerOf);
    let mean = 0;
    for (let i = 0; i < power.length; i++) {
      power[i] *= gain[i % mels];
      mean += power[i] / power.length;
    }
    const noiseGain = this.noiseGain(random, mean);
    const noiseFrames = this.whiteNoise.length / mels;
    const from = random.integer(noiseFrames - frames) * mels;
    const levelDb = random.uniform(-25, 12);
    for (let i = 0; i < power.length; i++) {
      const noise = noiseGain[i % mels] * this.whiteNoise[from + i];
      melDb[i] = Math.max(FLOOR_DB, DB_PER_NEPER * Math.log(power[i] + noise + 1e-12) + levelDb);
    }
    if (random.chance(0.6)) this.blank(melDb, random);
  }

  /** Moves what is at one mel to `factor` times it (Jaitly and Hinton 2013, vocal tract length perturbation). */
  private warp(melDb: Float32Array, factor: number): void {
    const mels = this.logMel.mels;
    const before = new Float32Array(mels);
    for (let t = 0; t < this.frames; t++) {
      before.set(melDb.subarray(t * mels, (t + 1) * mels));
      for (let m = 0; m < mels; m++) {
        const at = Math.min(mels - 1, m / factor);
        const low = Math.floor(at);
        const high = Math.min(mels - 1, low + 1);
        melDb[t * mels + m] = before[low] + (before[high] - before[low]) * (at - low);
      }
    }
  }

  /** Gain of each mel in dB: tilt, a ripple as rooms and small loudspeakers have, high-pass, and the codec's bandwidth. */
  private spectralGainDb(random: Random): Float32Array {
    const tilt = random.chance(0.5) ? random.uniform(-2, 2) : 0;
    const rippleDb = random.chance(0.5) ? random.uniform(0, 4) : 0;
    const ripples = random.uniform(1, 6);
    const phase = random.uniform(0, 2 * Math.PI);
    const highPassHz = random.chance(0.2) ? random.uniform(60, 350) : 0;
    const lowPassHz = random.chance(0.5)
      ? random.pick([3400, 3600, 3900, 4000, 4000, 5000, 5500, 6500, 7000])
      : Infinity;
    return Float32Array.from(this.centresHz, (hz, m) => {
      const octaves = Math.log2((hz + 50) / 1000);
      const wave = rippleDb * Math.sin(phase + (2 * Math.PI * ripples * m) / this.centresHz.length);
      const high = highPassHz ? -20 * Math.log10(1 + Math.exp((highPassHz - hz) / 40)) : 0;
      // Steep as a resampler's edge, and as deep: 80 dB.
      const low = lowPassHz < Infinity ? -80 / (1 + Math.exp((lowPassHz - hz) / 40)) : 0;
      return tilt * octaves + wave + high + low;
    });
  }

  /** Gain that makes the stored white noise a steady noise of random colour at a random ratio to the sound. */
  private noiseGain(random: Random, signalPower: number): Float32Array {
    const ratioDb = random.chance(0.3) ? random.uniform(-5, 15) : random.uniform(15, 50);
    const slope = random.pick([0, 0, 0.5, 1, 1.5]);
    const lowPassHz = random.pick([Infinity, Infinity, 4000, 2000, 1000]);
    const colour = Float32Array.from(this.centresHz, hz => {
      const low = lowPassHz < Infinity ? 1 / (1 + Math.exp((hz - lowPassHz) / 100)) : 1;
      return (Math.max(hz, 40) / 1000) ** -slope * low + 1e-9;
    });
    const mels = this.centresHz.length;
    let mean = 0;
    for (let m = 0; m < mels; m++) mean += (colour[m] * this.whiteNoiseMean[m]) / mels;
    const gain = (signalPower * 10 ** (-ratioDb / 10)) / mean;
    return colour.map(c => c * gain);
  }

  /** Blanks a band of mels and a stretch of frames with the mean (SpecAugment, Park et al. 2019, arXiv 1904.08779). */
  private blank(melDb: Float32Array, random: Random): void {
    const mels = this.logMel.mels;
    const mean = melDb.reduce((a, b) => a + b) / melDb.length;
    const band = 1 + random.integer(20);
    const bottom = random.integer(mels - band);
    for (let t = 0; t < this.frames; t++) {
      melDb.fill(mean, t * mels + bottom, t * mels + bottom + band);
    }
    if (!random.chance(0.5)) return;
    const stretch = 1 + random.integer(12);
    const first = random.integer(this.frames - stretch);
    melDb.fill(mean, first * mels, (first + stretch) * mels);
  }
}

/** Decibels of a power e times as large. exp and log are ten times faster than a power of 10. */
const DB_PER_NEPER = 10 / Math.LN10;

/** Power of a level in dB. */
function powerOf(db: number): number {
  return Math.exp(db / DB_PER_NEPER);
}
