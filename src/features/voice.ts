import { SAMPLE_RATE, type Voice } from '../values.js';
import { Fft } from './fft.js';
import { hannWindow } from './hann-window.js';

/** 32 ms: some periods of any cry, and little of its melody. */
const FRAME = 512;
/** One frame every 64 ms. */
const HOP = 1024;

/** What a telephone carries, too. Above it recordings differ by their codec, below it fans hum. */
const BAND_HZ = [150, 3400] as const;
/** Above the fundamental of a cry and a harmonic or two, below those that effort adds. */
const SPLIT_HZ = 1000;
const BINS_PER_HZ = FRAME / SAMPLE_RATE;
const FIRST_BIN = Math.ceil(BAND_HZ[0] * BINS_PER_HZ);
const SPLIT_BIN = Math.ceil(SPLIT_HZ * BINS_PER_HZ);
const END_BIN = Math.floor(BAND_HZ[1] * BINS_PER_HZ) + 1;
const LONGEST_LAG = Math.ceil(SAMPLE_RATE / BAND_HZ[0]);

/** A frame is voiced if half of its power is periodic: a harmonics-to-noise ratio of 0 dB. */
const VOICED_FROM = 0.5;
/** Of several periods the shortest counts that is this nearly as good as the best. */
const NEARLY = 0.9;
/** Longer periods than those of 300 Hz, the lower end of cries, are taken for the less. */
const LONG_LAG = SAMPLE_RATE / 300;
const LEAST_POWER = 1e-12;

const window = hannWindow(FRAME);
const windowEnergy = window.reduce((sum, weight) => sum + weight ** 2, 0);
/** What the window leaves of a periodic sound's autocorrelation, by lag. */
const windowLoss = Float64Array.from({ length: LONGEST_LAG + 2 }, (_, lag) => {
  const overlap = window.subarray(lag).reduce((sum, weight, n) => sum + weight * window[n], 0);
  return overlap / windowEnergy;
});

/** Where measureVoice() works: it keeps nothing in them between calls. */
const fft = new Fft(FRAME);
const re = new Float64Array(FRAME);
const im = new Float64Array(FRAME);
const powers = [new Float64Array(FRAME), new Float64Array(FRAME)] as const;
const likeness = new Float64Array(LONGEST_LAG + 2);

/** A period in samples, and the share of the power that repeats with it. */
interface Period {
  lag: number;
  share: number;
}

/**
 * Measures the voice in one frame of 32 ms out of every 64 ms of `samples`: mono at SAMPLE_RATE, at least 512; NaN and
 * infinities count as 0.
 *
 * The period of a frame is the lag at which its autocorrelation over the window's peaks, and the peak's height is the
 * periodic share of its power (Boersma 1993, Accurate short-term analysis of the fundamental frequency and the
 * harmonics-to-noise ratio of a sampled sound, IFA Proceedings 17). The first of the peaks that are nearly the highest
 * is taken (McLeod & Wyvill 2005, A smarter way to find pitch, ICMC): the subharmonics of a rough voice repeat, too,
 * but later.
 */
export function measureVoice(samples: Float32Array): Voice {
  let low = 0;
  let high = 0;
  let periodic = 0;
  let octaves = 0;
  for (let start = 0; start < samples.length; start += 2 * HOP) {
    transformTwo(samples, start);
    [re, im].forEach((autocorrelation, i) => {
      const frameLow = bandPower(powers[i], FIRST_BIN, SPLIT_BIN);
      const frameHigh = bandPower(powers[i], SPLIT_BIN, END_BIN);
      low += frameLow;
      high += frameHigh;
      const period = strongestPeriod(autocorrelation);
      if (!period) return;
      const framePeriodic = period.share * (frameLow + frameHigh);
      periodic += framePeriodic;
      octaves += framePeriodic * Math.log2(SAMPLE_RATE / period.lag);
    });
  }
  const frames = Math.floor((samples.length - FRAME) / HOP) + 1;
  return {
    f0Hz: periodic > 0 ? 2 ** (octaves / periodic) : null,
    periodicity: periodic > 0 ? periodic / (low + high) : 0,
    lowDb: 10 * Math.log10(low / frames + LEAST_POWER),
    highDb: 10 * Math.log10(high / frames + LEAST_POWER),
  };
}

/**
 * Puts the powers of the frames that begin at `start` and a hop later into `powers`, and their autocorrelations into
 * `re` and `im`. A frame that is not all there counts as silence.
 */
function transformTwo(samples: Float32Array, start: number): void {
  // Two real frames as one complex one: the symmetric part of its transform is the first one's, the other the second's.
  load(re, samples, start);
  load(im, samples, start + HOP);
  fft.transform(re, im);
  for (let bin = FIRST_BIN; bin < END_BIN; bin++) {
    const mirror = FRAME - bin;
    const first = ((re[bin] + re[mirror]) ** 2 + (im[bin] - im[mirror]) ** 2) / 4;
    const second = ((re[bin] - re[mirror]) ** 2 + (im[bin] + im[mirror]) ** 2) / 4;
    powers[0][bin] = powers[0][mirror] = first;
    powers[1][bin] = powers[1][mirror] = second;
  }
  // The transform of the power is the autocorrelation. It is circular, but at the lags that are read here the window
  // leaves next to nothing of what comes round.
  re.set(powers[0]);
  im.set(powers[1]);
  fft.transform(re, im);
}

function load(frame: Float64Array, samples: Float32Array, start: number): void {
  frame.fill(0);
  if (start + FRAME > samples.length) return;
  for (let n = 0; n < FRAME; n++) {
    const sample = samples[start + n];
    if (Number.isFinite(sample)) frame[n] = window[n] * sample;
  }
}

/** Mean square of what lies in the bins of a frame from one to before another. */
function bandPower(power: Float64Array, firstBin: number, endBin: number): number {
  let sum = 0;
  for (let bin = firstBin; bin < endBin; bin++) sum += power[bin];
  return (2 * sum) / (FRAME * windowEnergy);
}

/** Undefined where no period stands out, and in silence. */
function strongestPeriod(autocorrelation: Float64Array): Period | undefined {
  for (let lag = 0; lag < likeness.length; lag++) {
    likeness[lag] = autocorrelation[lag] / (autocorrelation[0] * windowLoss[lag]);
  }
  // Until it first falls below 0 a sound is like itself, whatever its period.
  let lag = 1;
  while (lag <= LONGEST_LAG && !(likeness[lag] < 0)) lag++;
  const peaks: Period[] = [];
  for (; lag <= LONGEST_LAG; lag++) if (isPeak(lag)) peaks.push(vertexAt(lag));
  const plausible = peaks.map(peak => peak.share * Math.min(1, LONG_LAG / peak.lag));
  const best = Math.max(...plausible);
  const chosen = peaks.find((_, i) => plausible[i] >= NEARLY * best);
  return chosen && chosen.share >= VOICED_FROM ? chosen : undefined;
}

function isPeak(lag: number): boolean {
  return likeness[lag] > likeness[lag - 1] && likeness[lag] >= likeness[lag + 1];
}

/** The vertex of the parabola through a peak and its neighbours. */
function vertexAt(lag: number): Period {
  const before = likeness[lag - 1];
  const peak = likeness[lag];
  const after = likeness[lag + 1];
  const shift = (before - after) / (2 * (before - 2 * peak + after));
  return { lag: lag + shift, share: Math.min(1, peak - ((before - after) * shift) / 4) };
}
