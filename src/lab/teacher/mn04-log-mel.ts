import { besselI0 } from '../../maths/bessel.js';
import { Fft } from '../../features/fft.js';

/** Input rate, and its frames: samples from one to the next, of the window, and of the transform. */
const RATE = 32000;
const HOP = 320;
const WINDOW = 800;
const FFT = 1024;
export const MN04_MELS = 128;
const HIGHEST_HZ = 15000;
const PRE_EMPHASIS = 0.97;

/** Samples before and after the window within a frame of the transform. */
const PAD = (FFT - WINDOW) / 2;
/** The symmetric Hann window, in the middle of a frame. */
const HANN = Float64Array.from(
  { length: WINDOW },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / (WINDOW - 1)),
);

/** Kaldi's mel scale (O'Shaughnessy 1987). */
const melOfHz = (hz: number): number => 1127 * Math.log(1 + hz / 700);

/** Triangles over the bins of a power spectrum, of height 1 and even in mel: the weights from `first` on. */
const FILTERS = Array.from({ length: MN04_MELS }, (_, mel) => {
  const step = melOfHz(HIGHEST_HZ) / (MN04_MELS + 1);
  const all = Float64Array.from({ length: FFT / 2 }, (_, bin) => {
    const at = melOfHz((bin * RATE) / FFT) / step - mel;
    return Math.max(0, Math.min(at, 2 - at));
  });
  const first = all.findIndex(weight => weight > 0);
  return { first, weights: all.slice(first, all.findLastIndex(weight => weight > 0) + 1) };
});

/** Samples of the original on each side of a new one, and the shape of Kaiser's window, as SciPy has them by default. */
const REACH = 10;
const KAISER = 5;
/** What a new sample, halfway between two, takes of those to its left and right, nearest first; and an old one of itself. */
const { between, itself } = doublingTaps();

/**
 * Doubles the rate of a sound by the short filter of scipy.signal.resample_poly. Its images above 8 kHz are part of what
 * mn04 hears: a steeper filter moves its logits by up to 4.
 */
export function doubleRate(samples: Float32Array): Float32Array {
  const doubled = new Float32Array(2 * samples.length);
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let tap = 0; tap < REACH; tap++) {
      if (i - tap >= 0) sum += between[tap] * samples[i - tap];
      if (i + 1 + tap < samples.length) sum += between[tap] * samples[i + 1 + tap];
    }
    doubled[2 * i] = itself * samples[i];
    doubled[2 * i + 1] = sum;
  }
  return doubled;
}

/** A windowed sinc of half the bandwidth (Oppenheim and Schafer, Discrete-Time Signal Processing, section 7.5). */
function doublingTaps(): { between: number[]; itself: number } {
  const window = (at: number): number =>
    besselI0(KAISER * Math.sqrt(1 - (at / (2 * REACH)) ** 2)) / besselI0(KAISER);
  const taps = Array.from({ length: REACH }, (_, tap) => {
    const at = 2 * tap + 1;
    return (window(at) * Math.sin((Math.PI / 2) * at)) / (Math.PI * at);
  });
  // The taps of the whole filter sum to 1: all but the middle one, of 1/2, occur twice.
  const scale = 2 / (0.5 + 2 * taps.reduce((a, b) => a + b));
  return { between: taps.map(tap => scale * tap), itself: scale / 2 };
}

/**
 * The log-mel of EfficientAT's networks (https://github.com/fschmid56/EfficientAT, models/preprocess.py, MIT): a frame
 * every 10 ms, centred, with the sound mirrored beyond its ends.
 * @param samples mono at RATE, at least FFT / 2 + 2 of them
 * @returns [frames x MN04_MELS]
 */
export function mn04LogMel(samples: Float32Array): Float32Array {
  const length = samples.length - 1;
  const emphasised = (i: number): number => {
    const inside = i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
    return samples[inside + 1] - PRE_EMPHASIS * samples[inside];
  };
  const frames = 1 + Math.floor(length / HOP);
  const result = new Float32Array(frames * MN04_MELS);
  const fft = new Fft(FFT);
  const re = new Float64Array(FFT);
  const im = new Float64Array(FFT);
  const power = new Float64Array(FFT / 2);
  for (let frame = 0; frame < frames; frame++) {
    re.fill(0);
    im.fill(0);
    const start = frame * HOP - FFT / 2 + PAD;
    for (let i = 0; i < WINDOW; i++) re[PAD + i] = HANN[i] * emphasised(start + i);
    fft.transform(re, im);
    for (let bin = 0; bin < power.length; bin++) power[bin] = re[bin] ** 2 + im[bin] ** 2;
    FILTERS.forEach(({ first, weights }, mel) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * power[first + i];
      result[frame * MN04_MELS + mel] = (Math.log(sum + 1e-5) + 4.5) / 5;
    });
  }
  return result;
}
