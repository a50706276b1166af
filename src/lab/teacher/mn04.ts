import { createRequire } from 'node:module';
import { DeepInfantError } from '../../errors.js';
import { sigmoid } from '../../model/calibration.js';
import { SAMPLE_RATE } from '../../values.js';
import { doubleRate, MN04_MELS, mn04LogMel } from './mn04-log-mel.js';
import { readTeacherFile } from './teacher-file.js';
import type { WindowTeacher } from './window-teacher.js';

/** The classes of AudioSet that mn04 knows, and the row of 'Baby cry, infant cry'. */
export const MN04_CLASSES = 527;
export const MN04_BABY_CRY = 23;

/** Seconds of a window, and from one window to the next. */
export const MN04_WINDOW_S = 2;
export const MN04_HOP_S = 0.5;

/** Frames a second, and in a window. */
const FRAME_RATE = 100;
const WINDOW = FRAME_RATE * MN04_WINDOW_S;
/** Windows that are computed at once. */
const BATCH = 8;
/** The published file, mn04_as of EfficientAT (MIT), as ONNX. */
const SHA256 = '8fc05d32eeb06b50aa539f8e34e22bf38ed992a94baf04db0b9a247702675a15';

/** What is used of onnxruntime-node. */
interface OnnxRuntime {
  InferenceSession: {
    create(
      file: Uint8Array,
      options: { intraOpNumThreads: number; interOpNumThreads: number },
    ): Promise<OnnxSession>;
  };
  Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
}

interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, unknown>): Promise<Record<string, { data: Float32Array }>>;
  release(): Promise<void>;
}

const requireHere = createRequire(__filename);

/**
 * mn04_as, a MobileNetV3 for the 527 sounds of AudioSet that was taught by transformers (Schmid, Koutini and Widmer 2023,
 * 'Efficient large-scale audio tagging via transformer-to-CNN knowledge distillation'), run by onnxruntime-node.
 */
export class Mn04 implements WindowTeacher {
  readonly name = 'mn04';
  readonly classes = MN04_CLASSES;
  readonly window = MN04_WINDOW_S * SAMPLE_RATE;
  readonly sha256 = SHA256;

  /**
   * @param file path of the .onnx file
   * @throws DeepInfantError `teacher-file` when it cannot be read or is not the published one, `onnxruntime` when
   * onnxruntime-node is not installed
   */
  static async open(file: string): Promise<Mn04> {
    const { bytes, sha256 } = await readTeacherFile(file);
    if (sha256 !== SHA256) {
      throw new DeepInfantError(
        'teacher-file',
        `${file} is not the mn04_as.onnx that is known here: its SHA-256 is ${sha256}, not ${SHA256}. Give that file.`,
      );
    }
    const runtime = loadOnnxRuntime();
    const session = await runtime.InferenceSession.create(bytes, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
    });
    return new Mn04(runtime, session);
  }

  private constructor(
    private readonly runtime: OnnxRuntime,
    private readonly session: OnnxSession,
  ) {}

  /**
   * Logits of windows of 2 s; what is left behind the last one is not heard, but a shorter recording is filled up with
   * silence.
   * @param samples 16 kHz mono in [-1, 1]
   * @param hop samples from one window to the next, a multiple of 10 ms
   * @returns [windows x MN04_CLASSES]
   */
  async windows(samples: Float32Array, hop = MN04_HOP_S * SAMPLE_RATE): Promise<Float32Array> {
    const hopFrames = (hop / SAMPLE_RATE) * FRAME_RATE;
    const filled = new Float32Array(Math.max(samples.length, MN04_WINDOW_S * SAMPLE_RATE));
    filled.set(samples);
    const mel = mn04LogMel(doubleRate(filled));
    const windows = Math.floor((mel.length / MN04_MELS - WINDOW) / hopFrames) + 1;
    const logits = new Float32Array(windows * MN04_CLASSES);
    for (let done = 0; done < windows; done += BATCH) {
      const count = Math.min(BATCH, windows - done);
      const input = new Float32Array(count * MN04_MELS * WINDOW);
      for (let window = 0; window < count; window++)
        for (let m = 0; m < MN04_MELS; m++)
          for (let frame = 0; frame < WINDOW; frame++)
            input[(window * MN04_MELS + m) * WINDOW + frame] =
              mel[((done + window) * hopFrames + frame) * MN04_MELS + m];
      const [inputName] = this.session.inputNames;
      const [outputName] = this.session.outputNames;
      const tensor = new this.runtime.Tensor('float32', input, [count, 1, MN04_MELS, WINDOW]);
      const results = await this.session.run({ [inputName]: tensor });
      logits.set(results[outputName].data, done * MN04_CLASSES);
    }
    return logits;
  }

  crying(scores: Float32Array): Float32Array {
    return Float32Array.from({ length: scores.length / MN04_CLASSES }, (_, window) =>
      sigmoid(scores[window * MN04_CLASSES + MN04_BABY_CRY]),
    );
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

/** @throws DeepInfantError `onnxruntime` when onnxruntime-node is not installed */
function loadOnnxRuntime(): OnnxRuntime {
  try {
    return requireHere('onnxruntime-node') as OnnxRuntime;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    // Its install script would download libraries for graphics cards.
    throw new DeepInfantError(
      'onnxruntime',
      'mn04 needs onnxruntime-node, which nothing else here does. Install it beside this package: ' +
        'npm install --ignore-scripts onnxruntime-node',
    );
  }
}
