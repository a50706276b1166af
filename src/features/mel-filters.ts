import type { FrontEnd } from './log-mel.js';

/** One triangular band over the bins of a power spectrum: `weights[i]` belongs to bin `firstBin + i`. */
export interface MelFilter {
  firstBin: number;
  weights: number[];
}

/** Hz at the mel value `mel` on Slaney's scale (Auditory Toolbox, 1998): linear to 1 kHz, then logarithmic. */
function slaneyHz(mel: number): number {
  return mel < 15 ? (mel * 200) / 3 : 1000 * Math.exp(((mel - 15) * Math.log(6.4)) / 27);
}

/** The inverse of `slaneyHz`. */
function slaneyMel(hz: number): number {
  return hz < 1000 ? (hz * 3) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4);
}

/**
 * The bank of `mels` triangles of equal area between fMin and fMax, as librosa.filters.mel makes it by default
 * (scale and norm 'slaney'). Each filter is cut to its non-zero bins.
 */
export function melFilters(frontEnd: FrontEnd): MelFilter[] {
  const { sampleRate, fftSize, mels, fMin, fMax } = frontEnd;
  const [low, high] = [slaneyMel(fMin), slaneyMel(fMax)];
  const edges = Array.from({ length: mels + 2 }, (_, i) => slaneyHz(low + ((high - low) * i) / (mels + 1)));
  return Array.from({ length: mels }, (_, mel) => {
    const [left, centre, right] = [edges[mel], edges[mel + 1], edges[mel + 2]];
    const weight = (bin: number) => {
      const hz = (bin * sampleRate) / fftSize;
      return (Math.min((hz - left) / (centre - left), (right - hz) / (right - centre)) * 2) / (right - left);
    };
    const firstBin = Math.floor((left * fftSize) / sampleRate) + 1;
    const endBin = Math.ceil((right * fftSize) / sampleRate);
    return { firstBin, weights: Array.from({ length: endBin - firstBin }, (_, i) => weight(firstBin + i)) };
  });
}

/** The periodic Hann window, for spectra: `size` points of a window that would repeat. */
export function hannWindow(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));
}
