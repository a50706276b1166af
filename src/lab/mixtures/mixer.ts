import { amplitudeOfDb } from '../../maths/decibels.js';
import type { Random } from '../../maths/random.js';
import { SEED_FRONT_END } from '../../features/front-end.js';
import { FRAMES_PER_STEP } from '../../model/cry-net.js';
import { LABELS, SAMPLE_RATE, type Label } from '../../values.js';
import { TEACHER_HOP, TEACHER_WINDOW } from '../teacher/teacher.js';
import type { Clip } from './clip.js';
import { stretchTime } from './stretch-time.js';

/** A clip's place in a mixture. */
export interface Part {
  clip: Clip;
  /** YAMNet's window of the clip that each step has just heard, or -1 where there is none. */
  windows: Int32Array;
  /** Level of the mixture's first sound over this one, dB; 0 for the first itself. */
  ratioDb: number;
}

/** Sounds as a microphone would record them together: a cry or a rival, alone or with others. */
export interface Mixture {
  /** 16 kHz mono. */
  samples: Float32Array;
  /** 1 present, 0 absent, NaN unknown, by LABELS. */
  labels: Float32Array;
  /** 1 for the steps before the first sound begins or after it has ended. */
  silent: Float32Array;
  /** The first is what the labels are about. */
  parts: Part[];
}

const CRY = LABELS.indexOf('cry');
/** Share of mixtures whose first sound is a cry; of other sounds put under a cry that are another baby's cry. */
const CRY_SHARE = 0.4;
const SECOND_BABY_SHARE = 0.15;
/**
 * Pitch changes by up to this natural-log factor. A cry soon stops being one when its pitch changes; a rival stays a rival,
 * and a corpus's few cats stand for many.
 */
const PITCH_RANGE = { cry: 0.22, rival: 0.35 };
/** Tempo changes by up to this natural-log factor without a change of pitch. */
const TEMPO_RANGE = 0.25;
/** Length of excerpts; the probability from which a window surely holds a cry; YAMNet's window in hops, without the last one. */
const EXCERPT_S = [1.5, 4] as const;
const SURE_CRY = 0.3;
const TEACHER_WINDOW_HOPS = 3;
/**
 * A step ends (8 * 512 * step + 5632) samples into the crop, and teacher window n ends at 4096 n + 15600: the window two
 * back is the last one that the step has heard almost completely.
 */
export const TEACHER_LAG_STEPS = 2;
/** Samples after a recording's end beyond which a step hears nothing of it: the embedding's reach. */
const SILENT_AFTER = 1.5 * SAMPLE_RATE;

/** Makes mixtures of clips: random crops, pitch and tempo, levels. */
export class Mixer {
  private readonly cries: WeightedClips;
  private readonly rivals: WeightedClips;
  private readonly steps: number;
  /** Samples of a mixture. */
  private readonly samples: number;
  /** Samples from one step to the next, and to the end of the first. */
  private readonly stepSamples: number;
  private readonly firstStepSamples: number;

  /** @param frames length of a mixture's log-mel, a multiple of the network's frames per step */
  constructor(clips: readonly Clip[], frames: number) {
    const { hop, fftSize } = SEED_FRONT_END;
    this.cries = new WeightedClips(clips.filter(clip => clip.label === 'cry'));
    this.rivals = new WeightedClips(clips.filter(clip => clip.label !== 'cry'));
    this.steps = frames / FRAMES_PER_STEP;
    this.samples = (frames - 1) * hop + fftSize;
    this.stepSamples = FRAMES_PER_STEP * hop;
    this.firstStepSamples = (FRAMES_PER_STEP - 1) * hop + fftSize;
  }

  /** A random mixture; the same `random` state gives the same one. */
  mix(random: Random): Mixture {
    const isCry = random.chance(CRY_SHARE);
    const clip = (isCry ? this.cries : this.rivals).pick(random);
    const isKnownRival = !isCry && clip.label !== 'other';
    const labels = new Float32Array(LABELS.length).fill(isKnownRival ? 0 : NaN);
    labels[CRY] = isCry ? 1 : 0;
    if (isKnownRival) labels[LABELS.indexOf(clip.label as Label)] = 1;
    const { samples, windows, silent } = this.crop(clip, random);
    scale(samples, amplitudeOfDb(random.uniform(-30, -14)) / rms(samples));
    const parts: Part[] = [{ clip, windows, ratioDb: 0 }];
    for (let mix = 0; mix < 2; mix++) {
      if (!random.chance(0.3)) continue;
      const isSecondBaby = isCry && random.chance(SECOND_BABY_SHARE);
      const other = (isSecondBaby ? this.cries : this.rivals).pick(random);
      const under = this.crop(other, random);
      const ratioDb = isCry ? random.uniform(-5, 20) : random.uniform(-10, 10);
      const gain = (rms(samples) / rms(under.samples)) * amplitudeOfDb(-ratioDb);
      for (let i = 0; i < samples.length; i++) samples[i] += gain * under.samples[i];
      parts.push({ clip: other, windows: under.windows, ratioDb });
      if (ratioDb >= 12 || isSecondBaby) continue;
      if (other.label === 'other')
        labels.forEach((value, i) => (labels[i] = i === CRY || value === 1 ? value : NaN));
      else labels[LABELS.indexOf(other.label)] = 1;
    }
    return { samples, labels, silent, parts };
  }

  /** A crop at a random pitch and tempo. */
  private crop(
    clip: Clip,
    random: Random,
  ): { samples: Float32Array; windows: Int32Array; silent: Float32Array } {
    const range = clip.label === 'cry' ? PITCH_RANGE.cry : PITCH_RANGE.rival;
    const pitch = random.chance(0.8) ? Math.exp(random.uniform(-range, range)) : 1;
    const tempo = random.chance(0.5) ? Math.exp(random.uniform(-TEMPO_RANGE, TEMPO_RANGE)) : 1;
    // Samples of the clip for one of the mixture.
    const speed = pitch * tempo;
    const {
      samples: source,
      firstWindow,
      windows: sourceWindows,
    } = random.chance(0.5) ? excerptOf(clip, random) : wholeOf(clip);
    const needed = Math.floor(this.samples * speed) + 2;
    const repeat = source.length < needed && random.chance(0.5);
    const isLong = source.length > needed;
    // A short recording may lie anywhere in the crop: cries also begin after other sounds.
    const room = repeat ? source.length : Math.abs(source.length - needed);
    const start = isLong || repeat ? random.integer(room) : -random.integer(room + 1);
    const sampleAt = (i: number): number => {
      if (repeat) return source[i % source.length];
      return i >= 0 && i < source.length ? source[i] : 0;
    };
    const pitched = new Float32Array(tempo === 1 ? this.samples : Math.ceil(this.samples * tempo));
    for (let i = 0; i < pitched.length; i++) {
      const at = start + i * pitch;
      const whole = Math.floor(at);
      const a = sampleAt(whole);
      const b = sampleAt(whole + 1);
      pitched[i] = (a + (b - a) * (at - whole)) / 32768;
    }
    const samples = tempo === 1 ? pitched : stretchTime(pitched, this.samples);
    const windows = new Int32Array(this.steps).fill(-1);
    const silent = new Float32Array(this.steps);
    for (let step = 0; step < this.steps; step++) {
      const end = start + (step * this.stepSamples + this.firstStepSamples) * speed;
      if (!repeat && (end < 0 || end > source.length + SILENT_AFTER)) silent[step] = 1;
      if (step < TEACHER_LAG_STEPS || sourceWindows === 0) continue;
      let centre = start + ((step - TEACHER_LAG_STEPS) * TEACHER_HOP + TEACHER_WINDOW / 2) * speed;
      if (repeat) centre %= source.length;
      if (centre < -TEACHER_HOP || centre > source.length + TEACHER_HOP) continue;
      const nearest = Math.round((centre - TEACHER_WINDOW / 2) / TEACHER_HOP);
      windows[step] = firstWindow + Math.min(sourceWindows - 1, Math.max(0, nearest));
    }
    return { samples, windows, silent };
  }
}

/** What microphones and codecs do to loud sound, in place: now and then limited, now and then companded. */
export function overload(samples: Float32Array, random: Random): void {
  if (random.chance(0.1)) limit(samples, amplitudeOfDb(random.uniform(-12, -3)));
  if (random.chance(0.1)) compand(samples);
}

/** Clips, each drawn as often as its weight says. */
class WeightedClips {
  private readonly sums: number[];

  constructor(private readonly clips: readonly Clip[]) {
    let sum = 0;
    this.sums = clips.map(({ weight }) => (sum += weight));
  }

  pick(random: Random): Clip {
    const at = random.uniform(0, this.sums[this.sums.length - 1]);
    let low = 0;
    let high = this.sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sums[middle] > at) high = middle;
      else low = middle + 1;
    }
    return this.clips[low];
  }
}

/** A stretch of a clip, and the teacher's windows of it. */
interface Stretch {
  samples: Int16Array;
  firstWindow: number;
  windows: number;
}

function wholeOf({ samples, crying }: Clip): Stretch {
  return { samples, firstWindow: 0, windows: crying?.length ?? 0 };
}

/**
 * A part of a recording, in whole hops of the teacher; of a cry, a part in which the teacher heard it. A corpus's cries and
 * rivals differ in length, which must not give the label away.
 */
function excerptOf(clip: Clip, random: Random): Stretch {
  const { samples, crying, label } = clip;
  const hops = Math.floor(samples.length / TEACHER_HOP);
  const length = Math.round((random.uniform(...EXCERPT_S) * SAMPLE_RATE) / TEACHER_HOP);
  if (length >= hops) return wholeOf(clip);
  let first = random.integer(hops - length + 1);
  const windows = crying ? Math.max(1, length - TEACHER_WINDOW_HOPS) : 0;
  if (crying && label === 'cry') first = startHeard(crying, windows, hops - length, random) ?? first;
  return {
    samples: samples.subarray(first * TEACHER_HOP, (first + length) * TEACHER_HOP),
    firstWindow: Math.min(first, Math.max(0, (crying?.length ?? 0) - windows)),
    windows,
  };
}

/** A random first window of an excerpt in which the teacher is sure of a cry; undefined if there is none. */
function startHeard(
  crying: Float32Array,
  windows: number,
  latest: number,
  random: Random,
): number | undefined {
  const sure = [...crying.keys()].filter(window => crying[window] > SURE_CRY);
  if (sure.length === 0) return undefined;
  const first = random.pick(sure) - random.integer(windows);
  return Math.max(0, Math.min(latest, first));
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
