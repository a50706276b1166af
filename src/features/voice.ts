import { SAMPLE_RATE, type Voice } from '../values.js';
import { loadNative } from '../native.js';
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

/** Frames that native/voice.c analyses at a time: FRAMES. */
const FRAMES = 4;

/** native/voice.wasm with its tables filled. It keeps nothing between calls. */
interface VoiceCore {
  /** FRAMES frames, each a hop after the one before. */
  samples: Float32Array;
  /** By bin or lag, and in it by frame. */
  power: Float32Array;
  autocorrelation: Float32Array;
  analyse: (firstBin: number, endBin: number) => void;
}

let sharedCore: VoiceCore | undefined;

function loadCore(): VoiceCore {
  const { memory, exports: wasmExports, address } = loadNative('voice.wasm');
  const floats = (name: string, length: number): Float32Array =>
    new Float32Array(memory.buffer, address(name), length);
  const angle = (k: number): number => (2 * Math.PI * k) / FRAME;
  floats('window', FRAME).set(window);
  floats('cosines', FRAME / 2).set(Float64Array.from({ length: FRAME / 2 }, (_, k) => Math.cos(angle(k))));
  floats('sines', FRAME / 2).set(Float64Array.from({ length: FRAME / 2 }, (_, k) => Math.sin(angle(k))));
  const reversed = new Int32Array(memory.buffer, address('reversed'), FRAME);
  for (let n = 1; n < FRAME; n++) reversed[n] = (reversed[n >> 1] >> 1) | (n & 1 ? FRAME / 2 : 0);
  return {
    samples: floats('samples', (FRAMES - 1) * HOP + FRAME),
    power: floats('power', (FRAME / 2 + 1) * FRAMES),
    autocorrelation: floats('autocorrelation', FRAME * FRAMES),
    analyse: wasmExports.analyse as VoiceCore['analyse'],
  };
}

/** Where strongestPeriod() works: it keeps nothing in it between calls. */
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
  const core = (sharedCore ??= loadCore());
  for (let start = 0; start < samples.length; start += FRAMES * HOP) {
    analyseFrom(core, samples, start);
    for (let frame = 0; frame < FRAMES; frame++) {
      const frameLow = bandPower(core.power, frame, FIRST_BIN, SPLIT_BIN);
      const frameHigh = bandPower(core.power, frame, SPLIT_BIN, END_BIN);
      low += frameLow;
      high += frameHigh;
      const period = strongestPeriod(core.autocorrelation, frame);
      if (!period) continue;
      const framePeriodic = period.share * (frameLow + frameHigh);
      periodic += framePeriodic;
      octaves += framePeriodic * Math.log2(SAMPLE_RATE / period.lag);
    }
  }
  const frames = Math.floor((samples.length - FRAME) / HOP) + 1;
  return {
    f0Hz: periodic > 0 ? 2 ** (octaves / periodic) : null,
    periodicity: periodic > 0 ? periodic / (low + high) : 0,
    lowDb: 10 * Math.log10(low / frames + LEAST_POWER),
    highDb: 10 * Math.log10(high / frames + LEAST_POWER),
  };
}

/** Analyses FRAMES frames from `start` on. A frame that is not all there counts as silence. */
function analyseFrom(core: VoiceCore, samples: Float32Array, start: number): void {
  const whole = Math.max(0, Math.floor((samples.length - start - FRAME) / HOP) + 1);
  const length = Math.min(core.samples.length, (whole - 1) * HOP + FRAME);
  core.samples.fill(0);
  if (whole > 0) core.samples.set(samples.subarray(start, start + length));
  // The autocorrelation is circular, but at the lags that are read here the window leaves next to nothing of what comes
  // round.
  core.analyse(FIRST_BIN, END_BIN);
}

/** Mean square of what lies in the bins of a frame from one to before another. */
function bandPower(power: Float32Array, frame: number, firstBin: number, endBin: number): number {
  let sum = 0;
  for (let bin = firstBin; bin < endBin; bin++) sum += power[bin * FRAMES + frame];
  return (2 * sum) / (FRAME * windowEnergy);
}

/** Undefined where no period stands out, and in silence. */
function strongestPeriod(autocorrelation: Float32Array, frame: number): Period | undefined {
  for (let lag = 0; lag < likeness.length; lag++) {
    likeness[lag] = autocorrelation[lag * FRAMES + frame] / (autocorrelation[frame] * windowLoss[lag]);
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
