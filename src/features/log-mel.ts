import { DeepInfantError } from '../errors.js';
import { SEED_FRONT_END, type FrontEnd } from './front-end.js';
import { loadCore, type LogMelCore } from './log-mel-core.js';

const { fftSize, hop, mels } = SEED_FRONT_END;

let sharedCore: LogMelCore | undefined;

/**
 * Streaming log-mel power of one stream: frames of fftSize samples under a periodic Hann window, each beginning a hop
 * after the one before, the first with the stream's first sample (librosa's melspectrogram with center=False).
 * The result depends on the samples alone, bit for bit, not on how they were cut into pushes.
 */
export class LogMel {
  readonly mels = mels;
  readonly hop = hop;
  readonly fftSize = fftSize;
  private readonly core: LogMelCore;
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
    this.core = sharedCore ??= loadCore(SEED_FRONT_END);
  }

  /**
   * Takes mono samples (16 kHz, in [-1, 1]; NaN and infinities count as 0) and gives the frames they completed:
   * frames × mels, row-major, 10 log10(max(power, 1e-10)) in dB. Empty if they completed none.
   */
  push(samples: Float32Array): Float32Array {
    const frames = Math.floor((this.pendingLength + samples.length - fftSize) / hop) + 1;
    const result = new Float32Array(Math.max(0, frames) * mels);
    this.pushInto(samples, result, 0);
    return result;
  }

  /** As `push`, but writes the frames into `result` from index `at` on, and gives the index after them. */
  pushInto(samples: Float32Array, result: Float32Array, at: number): number {
    const core = this.core;
    const pending = this.pending;
    let read = 0;
    let written = at;
    while (read < samples.length) {
      const taken = samples.subarray(read, read + core.samples.length - this.pendingLength);
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
    return written;
  }

  /** Forgets the samples of an unfinished frame: the next push begins a new stream. */
  reset(): void {
    this.pendingLength = 0;
  }
}
