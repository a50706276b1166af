import { loadNative } from '../native.js';
import { hannWindow } from './hann-window.js';
import type { FrontEnd } from './front-end.js';
import { melFilters } from './mel-filters.js';

/** Frames that one call of the compiled code may compute: BLOCK_FRAMES of native/log-mel.c. */
const BLOCK_FRAMES = 16;

/** native/log-mel.wasm with its tables filled. It keeps nothing between calls, so one serves every stream. */
export interface LogMelCore {
  /** The block of samples to transform. */
  samples: Float32Array;
  /** The block's result, frames × mels. */
  decibels: Float32Array;
  /** Fills `frames` rows of `decibels` from `samples`. */
  logMel: (frames: number) => void;
}

/** Compiles the file and computes its tables. */
export function loadCore(frontEnd: FrontEnd): LogMelCore {
  const { fftSize, hop, mels } = frontEnd;
  const { memory, exports: wasmExports, address } = loadNative('log-mel.wasm');
  const { buffer } = memory;
  const floats = (name: string, length: number) => new Float32Array(buffer, address(name), length);
  const write = (name: string, table: ArrayLike<number>) => {
    floats(name, table.length).set(table);
  };

  // Blocks of four even samples, then the four odd ones.
  const hann = hannWindow(fftSize);
  write(
    'window_half',
    hann.map((_, i) => hann[(i & ~7) + 2 * (i & 3) + ((i & 4) >> 2)] / 2),
  );
  write('twiddles_first', twiddles(1024, 256, 3, 4));
  write(
    'twiddles',
    [256, 64, 16].flatMap(size => twiddles(size, size / 4, 3, 1)),
  );
  write('twiddles_real', twiddles(2048, 512, 1, 4));

  const filters = melFilters(frontEnd);
  new Int32Array(buffer, address('mel_first_bin'), mels).set(filters.map(filter => filter.firstBin));
  const groups = Array.from({ length: mels / 4 }, (_, i) => filters.slice(4 * i, 4 * i + 4));
  const steps = groups.map(group => Math.ceil(Math.max(...group.map(filter => filter.weights.length)) / 4));
  new Int32Array(buffer, address('mel_steps'), mels / 4).set(steps);
  const weights = groups.flatMap((group, i) =>
    Array.from({ length: steps[i] }, (_, step) =>
      group.flatMap(filter => [0, 1, 2, 3].map(lane => filter.weights[4 * step + lane] ?? 0)),
    ).flat(),
  );
  write('mel_weights', weights);

  return {
    samples: floats('samples', fftSize + (BLOCK_FRAMES - 1) * hop),
    decibels: floats('decibels', BLOCK_FRAMES * mels),
    logMel: wasmExports.log_mel as LogMelCore['logMel'],
  };
}

/**
 * e^(-2πi j p / size) for p < count and j = 1…powers: for every `lanes` of p, for each j, the real parts and then the
 * imaginary ones.
 */
function twiddles(size: number, count: number, powers: number, lanes: number): number[] {
  const table: number[] = [];
  for (let p = 0; p < count; p += lanes)
    for (let j = 1; j <= powers; j++) {
      const angles = Array.from({ length: lanes }, (_, lane) => (-2 * Math.PI * j * (p + lane)) / size);
      table.push(...angles.map(Math.cos), ...angles.map(Math.sin));
    }
  return table;
}
