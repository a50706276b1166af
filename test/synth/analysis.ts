import { Fft } from '../../src/features/fft.js';
import { SAMPLE_RATE } from '../../src/values.js';

/** Level in dB of full scale of each frame of so many seconds. */
export function levels(samples: Float32Array, frameS: number): number[] {
  const length = Math.round(frameS * SAMPLE_RATE);
  return Array.from({ length: Math.floor(samples.length / length) }, (_, i) =>
    rmsDb(samples.subarray(i * length, (i + 1) * length)),
  );
}

export function rmsDb(samples: Float32Array): number {
  return 10 * Math.log10(samples.reduce((sum, x) => sum + x * x, 0) / samples.length + 1e-12);
}

export function peakDb(samples: Float32Array): number {
  return 20 * Math.log10(samples.reduce((max, x) => Math.max(max, Math.abs(x)), 0));
}

/**
 * F0 in Hz of each 40 ms frame, that is within 20 dB of the loudest and clearly periodic
 * (normalised autocorrelation above 0.8); the shortest of the lags that are nearly as good as the best.
 */
export function pitches(samples: Float32Array, lowestHz: number, highestHz: number): number[] {
  const width = 0.04 * SAMPLE_RATE;
  const longest = Math.ceil(SAMPLE_RATE / lowestHz);
  const shortest = Math.floor(SAMPLE_RATE / highestHz);
  const found: number[] = [];
  const loudest = Math.max(...levels(samples, 0.04));
  for (let start = 0; start + width + longest < samples.length; start += width) {
    const frame = samples.subarray(start, start + width);
    if (rmsDb(frame) < loudest - 20) continue;
    const alike = (lag: number): number => {
      let xy = 0;
      let xx = 0;
      let yy = 0;
      for (let i = 0; i < width; i++) {
        const x = frame[i];
        const y = samples[start + i + lag];
        xy += x * y;
        xx += x * x;
        yy += y * y;
      }
      return xy / Math.sqrt(xx * yy + 1e-12);
    };
    const scores = Array.from({ length: longest - shortest + 1 }, (_, i) => alike(shortest + i));
    const best = Math.max(...scores);
    const first = scores.findIndex((score, i) => score > 0.93 * best && score >= (scores[i + 1] ?? -1));
    if (best > 0.8) found.push(SAMPLE_RATE / (shortest + first));
  }
  return found;
}

/** Power per bin of the mean spectrum, Hann window of 2048 samples: bins are 7.8125 Hz wide. */
export function spectrum(samples: Float32Array): Float64Array {
  const size = 2048;
  const fft = new Fft(size);
  const power = new Float64Array(size / 2);
  const window = Float64Array.from(
    { length: size },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size),
  );
  for (let start = 0; start + size <= samples.length; start += size) {
    const real = Float64Array.from({ length: size }, (_, i) => samples[start + i] * window[i]);
    const imaginary = new Float64Array(size);
    fft.transform(real, imaginary);
    for (let bin = 0; bin < power.length; bin++) power[bin] += real[bin] ** 2 + imaginary[bin] ** 2;
  }
  return power;
}

/** Share of a spectrum's power between two frequencies. */
export function share(power: Float64Array, fromHz: number, toHz: number): number {
  const bin = (hz: number): number => Math.round((hz * 2 * power.length) / SAMPLE_RATE);
  const sum = (part: Float64Array): number => part.reduce((a, b) => a + b, 0);
  return sum(power.subarray(bin(fromHz), bin(toHz))) / sum(power);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
