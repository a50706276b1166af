import type { RecordingLabel } from '../corpus/manifest.js';
import { amplitudeOfDb } from '../../maths/decibels.js';
import { Random } from '../../maths/random.js';
import { melCentresHz } from '../../features/mel-scale.js';
import { fromFloat16 } from '../../maths/float16.js';
import { LogMel } from '../../features/log-mel.js';
import { LABELS, SAMPLE_RATE, type Label } from '../../values.js';
import {
  cryPeak,
  TEACHER_CLASSES,
  TEACHER_CRY_CLASSES,
  TEACHER_HOP,
  TEACHER_WINDOW,
} from '../teacher/teacher.js';

/** A training recording in memory. */
export interface Clip {
  label: RecordingLabel;
  /** How often it is drawn, relative to others, if it is a rival. */
  weight: number;
  /** 16 kHz mono, 16 bit: half the memory of floats. */
  samples: Int16Array;
  /** The teacher's scores [windows x TEACHER_CLASSES] in binary16. */
  teacher?: Uint16Array;
}

/** One training example: `steps` steps of a crop, with its labels and the teacher's scores. */
export interface Example {
  /** Log-mel in dB, [frames x mels]. */
  mel: Float32Array;
  /** 1 present, 0 absent, NaN unknown, by LABELS. */
  labels: Float32Array;
  /** The teacher's scores [steps x TEACHER_CLASSES] where `heard`, else 0. */
  teacher: Float32Array;
  /** 1 for the steps that the teacher judged. */
  heard: Float32Array;
  /** 1 for the steps before the recording begins or after it has ended. */
  silent: Float32Array;
  /** 1 for the steps that the teacher judged with nothing mixed in. */
  heardAlone: Float32Array;
}

const CRY = LABELS.indexOf('cry');
/** Share of examples that are cries. */
const CRY_SHARE = 0.4;
/**
 * Tempo and pitch change together by up to this natural-log factor. A cry soon stops being one when its pitch changes; a
 * rival stays a rival, and a corpus's few cats stand for many.
 */
const TEMPO_RANGE = { cry: 0.22, rival: 0.35 };
/** Length of excerpts; the teacher's score at which it is sure of a cry; its window in hops, without the last one. */
const EXCERPT_S = [1.5, 4] as const;
const SURE_CRY = 0.3;
const TEACHER_WINDOW_HOPS = 3;
/** Frequencies are stretched by up to this factor, as by a vocal tract of another length. */
const WARP = 1.12;
/** Lowest mel power, which even a silent recording has: rounding noise near -90 dB of full scale. */
const FLOOR_DB = -70;
/**
 * A step ends (8 * 512 * step + 5632) samples into the crop, and teacher window n ends at 4096 n + 15600: the window two
 * back is the last one that the step has heard almost completely.
 */
const TEACHER_LAG_STEPS = 2;
/** Samples after a recording's end beyond which a step hears nothing of it: the embedding's reach. */
const SILENT_AFTER = 1.5 * SAMPLE_RATE;

/**
 * Makes training examples from clips: random crop, tempo and pitch, a mix with others, clipping and companding on the
 * samples; room, bandwidth, noise and level on the mel power, where they are cheap and nearly exact (powers of
 * unrelated sounds add). Bandwidth and level are drawn in the same way for cries and rivals, so that neither gives the
 * label away.
 */
export class Augmenter {
  private readonly cries: Clip[];
  private readonly rivals: Clip[];
  private readonly rivalWeights: number[];
  private readonly frames: number;
  private readonly steps: number;
  private readonly samples: number;
  private readonly logMel = new LogMel();
  /** Samples from one step to the next, and to the end of the first. */
  private readonly stepSamples: number;
  private readonly firstStepSamples: number;
  private readonly centresHz: number[];
  /** Mel power of white noise, [frames x mels], and its mean by mel. */
  private readonly whiteNoise: Float32Array;
  private readonly whiteNoiseMean: Float32Array;

  /** @param frames length of a crop, a multiple of the network's frames per step */
  constructor(clips: readonly Clip[], frames: number, framesPerStep: number) {
    this.cries = clips.filter(clip => clip.label === 'cry');
    this.rivals = clips.filter(clip => clip.label !== 'cry');
    let sum = 0;
    this.rivalWeights = this.rivals.map(clip => (sum += clip.weight));
    this.frames = frames;
    this.steps = frames / framesPerStep;
    this.samples = (frames - 1) * this.logMel.hop + this.logMel.fftSize;
    this.stepSamples = framesPerStep * this.logMel.hop;
    this.firstStepSamples = (framesPerStep - 1) * this.logMel.hop + this.logMel.fftSize;
    this.centresHz = melCentresHz(this.logMel.mels, 0, SAMPLE_RATE / 2);
    const random = new Random(1);
    const noise = Float32Array.from({ length: 40 * SAMPLE_RATE }, () => 0.1 * random.normal());
    this.whiteNoise = this.logMel.push(noise).map(powerOf);
    const { mels } = this.logMel;
    this.whiteNoiseMean = new Float32Array(mels);
    for (let i = 0; i < this.whiteNoise.length; i++)
      this.whiteNoiseMean[i % mels] += (this.whiteNoise[i] * mels) / this.whiteNoise.length;
  }

  /** A random example; the same `random` state gives the same one. */
  example(random: Random): Example {
    const cry = random.chance(CRY_SHARE);
    const clip = cry ? random.pick(this.cries) : this.rival(random);
    const isKnownRival = !cry && clip.label !== 'other';
    const labels = new Float32Array(LABELS.length).fill(isKnownRival ? 0 : NaN);
    labels[CRY] = cry ? 1 : 0;
    if (isKnownRival) labels[LABELS.indexOf(clip.label as Label)] = 1;
    let isMixed = false;
    const { samples, teacher, heard, silent } = this.crop(clip, random);
    scale(samples, amplitudeOfDb(random.uniform(-30, -14)) / rms(samples));
    for (let mix = 0; mix < 2; mix++) {
      if (!random.chance(0.3)) continue;
      isMixed = true;
      const other = this.rival(random);
      const under = this.crop(other, random);
      const ratioDb = cry ? random.uniform(-5, 20) : random.uniform(-10, 10);
      const gain = (rms(samples) / rms(under.samples)) * amplitudeOfDb(-ratioDb);
      for (let i = 0; i < samples.length; i++) samples[i] += gain * under.samples[i];
      if (ratioDb < 12) {
        if (other.label === 'other')
          labels.forEach((value, i) => (labels[i] = i === CRY || value === 1 ? value : NaN));
        else labels[LABELS.indexOf(other.label)] = 1;
      }
      // The teacher heard each sound alone: one that is far below the other is heard less.
      const audible = 1 / (1 + 10 ** ((ratioDb - 8) / 6));
      for (let i = 0; i < teacher.length; i++) {
        if (TEACHER_CRY_CLASSES.includes(i % TEACHER_CLASSES)) continue;
        teacher[i] = Math.max(teacher[i], under.teacher[i] * audible);
      }
    }
    if (!cry) {
      for (let i = 0; i < teacher.length; i += TEACHER_CLASSES) {
        for (const c of TEACHER_CRY_CLASSES) teacher[i + c] = 0;
      }
    }
    if (random.chance(0.1)) limit(samples, amplitudeOfDb(random.uniform(-12, -3)));
    if (random.chance(0.1)) compand(samples);
    this.logMel.reset();
    const mel = this.logMel.push(samples);
    this.colour(mel, random);
    return {
      mel,
      labels,
      teacher,
      heard,
      silent,
      heardAlone: isMixed ? new Float32Array(heard.length) : heard.slice(),
    };
  }

  private rival(random: Random): Clip {
    const at = random.uniform(0, this.rivalWeights[this.rivalWeights.length - 1]);
    let low = 0;
    let high = this.rivalWeights.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rivalWeights[middle] > at) high = middle;
      else low = middle + 1;
    }
    return this.rivals[low];
  }

  /** A crop at a random tempo, with the teacher's scores of the same places in the unchanged sound. */
  private crop(
    clip: Clip,
    random: Random,
  ): { samples: Float32Array; teacher: Float32Array; heard: Float32Array; silent: Float32Array } {
    const range = clip.label === 'cry' ? TEMPO_RANGE.cry : TEMPO_RANGE.rival;
    const tempo = random.chance(0.8) ? Math.exp(random.uniform(-range, range)) : 1;
    const { samples: source, teacher: heardBefore } = random.chance(0.5) ? excerpt(clip, random) : clip;
    const needed = Math.floor(this.samples * tempo) + 2;
    const repeat = source.length < needed && random.chance(0.5);
    const isLong = source.length > needed;
    // A short recording may lie anywhere in the crop: cries also begin after other sounds.
    const room = repeat ? source.length : Math.abs(source.length - needed);
    const start = isLong || repeat ? random.integer(room) : -random.integer(room + 1);
    const sampleAt = (i: number): number => {
      if (repeat) return source[i % source.length];
      return i >= 0 && i < source.length ? source[i] : 0;
    };
    const samples = new Float32Array(this.samples);
    for (let i = 0; i < samples.length; i++) {
      const at = start + i * tempo;
      const whole = Math.floor(at);
      const a = sampleAt(whole);
      const b = sampleAt(whole + 1);
      samples[i] = (a + (b - a) * (at - whole)) / 32768;
    }
    const teacher = new Float32Array(this.steps * TEACHER_CLASSES);
    const heard = new Float32Array(this.steps);
    const silent = new Float32Array(this.steps);
    for (let step = 0; step < this.steps && !repeat; step++) {
      const end = start + (step * this.stepSamples + this.firstStepSamples) * tempo;
      if (end < 0 || end > source.length + SILENT_AFTER) silent[step] = 1;
    }
    if (heardBefore) {
      const windows = heardBefore.length / TEACHER_CLASSES;
      for (let step = TEACHER_LAG_STEPS; step < this.steps; step++) {
        let centre = start + ((step - TEACHER_LAG_STEPS) * TEACHER_HOP + TEACHER_WINDOW / 2) * tempo;
        if (repeat) centre %= source.length;
        if (centre < -TEACHER_HOP || centre > source.length + TEACHER_HOP) continue;
        const nearest = Math.round((centre - TEACHER_WINDOW / 2) / TEACHER_HOP);
        const window = Math.min(windows - 1, Math.max(0, nearest));
        const scores = heardBefore.subarray(window * TEACHER_CLASSES, (window + 1) * TEACHER_CLASSES);
        teacher.set(fromFloat16(scores), step * TEACHER_CLASSES);
        heard[step] = 1;
      }
    }
    return { samples, teacher, heard, silent };
  }

  /** Room, microphone, bandwidth, noise and level, in place on a log-mel in dB; then blanks as SpecAugment does. */
  private colour(melDb: Float32Array, random: Random): void {
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

/**
 * A part of a recording, in whole hops of the teacher; of a cry, a part in which the teacher heard it. A corpus's cries and
 * rivals differ in length, which must not give the label away.
 */
function excerpt(clip: Clip, random: Random): Pick<Clip, 'samples' | 'teacher'> {
  const { samples, teacher, label } = clip;
  const hops = Math.floor(samples.length / TEACHER_HOP);
  const length = Math.round((random.uniform(...EXCERPT_S) * SAMPLE_RATE) / TEACHER_HOP);
  if (length >= hops) return clip;
  let first = random.integer(hops - length + 1);
  if (teacher) {
    const windows = Math.max(1, length - TEACHER_WINDOW_HOPS);
    if (label === 'cry') first = startHeard(teacher, windows, hops - length, random) ?? first;
    const scores = teacher.subarray(first * TEACHER_CLASSES, (first + windows) * TEACHER_CLASSES);
    return {
      samples: samples.subarray(first * TEACHER_HOP, (first + length) * TEACHER_HOP),
      teacher: scores,
    };
  }
  return { samples: samples.subarray(first * TEACHER_HOP, (first + length) * TEACHER_HOP) };
}

/** A random first window of an excerpt in which the teacher is sure of a cry; undefined if there is none. */
function startHeard(
  teacher: Uint16Array,
  windows: number,
  latest: number,
  random: Random,
): number | undefined {
  const sure = Array.from({ length: teacher.length / TEACHER_CLASSES }, (_, window) => window).filter(
    window => cryPeak(teacher.subarray(window * TEACHER_CLASSES, (window + 1) * TEACHER_CLASSES)) > SURE_CRY,
  );
  if (sure.length === 0) return undefined;
  const first = random.pick(sure) - random.integer(windows);
  return Math.max(0, Math.min(latest, first));
}

/** Decibels of a power e times as large. exp and log are ten times faster than a power of 10. */
const DB_PER_NEPER = 10 / Math.LN10;

/** Power of a level in dB. */
function powerOf(db: number): number {
  return Math.exp(db / DB_PER_NEPER);
}

function rms(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] * samples[i];
  return Math.sqrt(sum / samples.length + 1e-9);
}

function scale(samples: Float32Array, gain: number): void {
  for (let i = 0; i < samples.length; i++) samples[i] *= gain;
}

function limit(samples: Float32Array, most: number): void {
  for (let i = 0; i < samples.length; i++) samples[i] = Math.max(-most, Math.min(most, samples[i]));
}

/** Through mu-law of 8 bits and back (ITU-T G.711's continuous curve, mu = 255). */
function compand(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) {
    const x = Math.max(-1, Math.min(1, samples[i]));
    const code = Math.round((Math.log1p(255 * Math.abs(x)) / Math.log(256)) * 127) / 127;
    samples[i] = (Math.sign(x) * Math.expm1(code * Math.log(256))) / 255;
  }
}
