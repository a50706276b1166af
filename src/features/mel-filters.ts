import type { FrontEnd } from './front-end.js';
import { melEdgesHz } from './mel-scale.js';

/** One triangular band over the bins of a power spectrum: `weights[i]` belongs to bin `firstBin + i`. */
export interface MelFilter {
  firstBin: number;
  weights: number[];
}

/**
 * The bank of `mels` triangles of equal area between fMin and fMax, as librosa.filters.mel makes it by default
 * (scale and norm 'slaney'). Each filter is cut to its non-zero bins.
 */
export function melFilters(frontEnd: FrontEnd): MelFilter[] {
  const { sampleRate, fftSize, mels, fMin, fMax } = frontEnd;
  const edges = melEdgesHz(mels, fMin, fMax);
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
