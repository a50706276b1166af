import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DeepInfantError } from '../errors.js';
import type { ModelManifest } from '../model/manifest.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { hannWindow } from './hann-window.js';
import { melFilters } from './mel-filters.js';

// The part of the global that is used here: Node's types leave it to the browser's.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: Record<string, unknown> };
};

/** Setting of the log-mel front end: frequencies in Hz, fftSize and hop in samples. */
export type FrontEnd = ModelManifest['frontEnd'];

/** The setting that native/log-mel.c is compiled for. */
export const SEED_FRONT_END: FrontEnd = {
  sampleRate: 16000,
  fftSize: 2048,
  hop: 512,
  mels: 128,
  fMin: 0,
  fMax: 8000,
  scale: 'slaney',
};

const { fftSize, hop, mels } = SEED_FRONT_END;

/** Frames that one call of the compiled code may compute: BLOCK_FRAMES of native/log-mel.c. */
const BLOCK_FRAMES = 16;
const BLOCK_SAMPLES = fftSize + (BLOCK_FRAMES - 1) * hop;

/** native/log-mel.wasm with its tables filled. It keeps nothing between calls, so one serves every stream. */
interface Core {
  /** The block of samples to transform. */
  samples: Float32Array;
  /** The block's result, frames × mels. */
  decibels: Float32Array;
  /** Fills `frames` rows of `decibels` from `samples`. */
  logMel: (frames: number) => void;
}

let sharedCore: Core | undefined;

function loadCore(): Core {
  const wasm = new WebAssembly.Module(readFileSync(path.join(PACKAGE_ROOT, 'native', 'log-mel.wasm')));
  const { exports: wasmExports } = new WebAssembly.Instance(wasm);
  const { buffer } = wasmExports.memory as { buffer: ArrayBuffer };
  const address = (name: string) => (wasmExports[name] as { value: number }).value;
  const floats = (name: string, length: number) => new Float32Array(buffer, address(name), length);

  // Blocks of four even samples, then the four odd ones.
  const hann = hannWindow(fftSize);
  const window = hann.map((_, i) => hann[(i & ~7) + 2 * (i & 3) + ((i & 4) >> 2)]);
  floats('window_half', fftSize).set(window.map(weight => weight / 2));

  floats('twiddles_first', 1536).set(twiddles(1024, 256, 3, 4));
  floats('twiddles', 504).set([256, 64, 16].flatMap(size => twiddles(size, size / 4, 3, 1)));
  floats('twiddles_real', 1024).set(twiddles(2048, 512, 1, 4));

  const filters = melFilters(SEED_FRONT_END);
  new Int32Array(buffer, address('mel_first_bin'), mels).set(filters.map(filter => filter.firstBin));
  const groups = Array.from({ length: mels / 4 }, (_, i) => filters.slice(4 * i, 4 * i + 4));
  const steps = groups.map(group => Math.ceil(Math.max(...group.map(filter => filter.weights.length)) / 4));
  new Int32Array(buffer, address('mel_steps'), mels / 4).set(steps);
  const weights = groups.flatMap((group, i) =>
    Array.from({ length: steps[i] }, (_, step) =>
      group.flatMap(filter => [0, 1, 2, 3].map(lane => filter.weights[4 * step + lane] ?? 0)),
    ).flat(),
  );
  floats('mel_weights', 2304).set(weights);

  return {
    samples: floats('samples', BLOCK_SAMPLES),
    decibels: floats('decibels', BLOCK_FRAMES * mels),
    logMel: wasmExports.log_mel as Core['logMel'],
  };
}

/** e^(-2πi j p / size) for p < count and j = 1…powers: for each `lanes` of p, for each j, the real parts, then the imaginary ones. */
function twiddles(size: number, count: number, powers: number, lanes: number): number[] {
  const table: number[] = [];
  for (let p = 0; p < count; p += lanes)
    for (let j = 1; j <= powers; j++) {
      const angles = Array.from({ length: lanes }, (_, lane) => (-2 * Math.PI * j * (p + lane)) / size);
      table.push(...angles.map(Math.cos), ...angles.map(Math.sin));
    }
  return table;
}

/**
 * Streaming log-mel power of one stream: frames of fftSize samples under a periodic Hann window, each beginning a hop
 * after the one before, the first with the stream's first sample (librosa's melspectrogram with center=False).
 * The result depends on the samples alone, bit for bit, not on how they were cut into pushes.
 */
export class LogMel {
  readonly mels = mels;
  readonly hop = hop;
  readonly fftSize = fftSize;
  private readonly core: Core;
  /** Samples from the next frame's first on. */
  private readonly pending = new Float32Array(fftSize);
  private pendingLength = 0;

  /** Throws DeepInfantError `front-end` if the setting is not the compiled one. */
  constructor(frontEnd: FrontEnd = SEED_FRONT_END) {
    for (const key of Object.keys(SEED_FRONT_END) as (keyof FrontEnd)[])
      if (frontEnd[key] !== SEED_FRONT_END[key])
        throw new DeepInfantError(
          'front-end',
          `The front end computes ${key} ${SEED_FRONT_END[key]}, not ${frontEnd[key]}. ` +
            'Use a model whose manifest.json asks for the former.',
        );
    this.core = sharedCore ??= loadCore();
  }

  /**
   * Takes mono samples (16 kHz, in [-1, 1]; NaN and infinities count as 0) and gives the frames they completed:
   * frames × mels, row-major, 10 log10(max(power, 1e-10)) in dB. Empty if they completed none.
   */
  push(samples: Float32Array): Float32Array {
    const { core, pending } = this;
    const frames = Math.floor((this.pendingLength + samples.length - fftSize) / hop) + 1;
    const result = new Float32Array(Math.max(0, frames) * mels);
    let read = 0;
    let written = 0;
    while (read < samples.length) {
      const taken = samples.subarray(read, read + BLOCK_SAMPLES - this.pendingLength);
      core.samples.set(pending.subarray(0, this.pendingLength));
      core.samples.set(taken, this.pendingLength);
      read += taken.length;
      const length = this.pendingLength + taken.length;
      const blockFrames = Math.max(0, Math.floor((length - fftSize) / hop) + 1);
      if (blockFrames > 0) {
        core.logMel(blockFrames);
        result.set(core.decibels.subarray(0, blockFrames * mels), written);
        written += blockFrames * mels;
      }
      pending.set(core.samples.subarray(blockFrames * hop, length));
      this.pendingLength = length - blockFrames * hop;
    }
    return result;
  }

  /** Forgets the samples of an unfinished frame: the next push begins a new stream. */
  reset(): void {
    this.pendingLength = 0;
  }
}
