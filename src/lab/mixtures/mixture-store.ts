import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { DeepInfantError } from '../../errors.js';
import { SEED_FRONT_END } from '../../features/front-end.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { FRAMES_PER_STEP } from '../../model/cry-net.js';
import { LABELS } from '../../values.js';
import { MN04_CLASSES } from '../teacher/mn04.js';
import { TEACHER_CLASSES } from '../teacher/teacher.js';
import { FLOOR_DB } from './colour.js';
import { claimFolder } from '../training/run-folder.js';

/** Classes of both teachers: YAMNet's, then mn04's. */
export const BOTH_CLASSES = TEACHER_CLASSES + MN04_CLASSES;

/** A mixture as two teachers heard it. */
export interface StoredMixture {
  /** The recordings that it is made of, by their number in the corpus and in what is there for training only. */
  recordings: number[];
  /** 1 present, 0 absent, NaN unknown, by LABELS. */
  labels: Float32Array;
  /** 1 for the steps before the first sound begins or after it has ended. */
  silent: Float32Array;
  /** Probability that the teachers gave a cry in its own recording, as far as it is audible in the mixture. */
  crying: Float32Array;
  /** Log-mel in dB, [frames x mels]. */
  mel: Float32Array;
  /** Both teachers' logits of the mixture [steps x BOTH_CLASSES], 0 before they have heard a window. */
  teacher: Float32Array;
}

/** Mixtures in a file: some seconds of work, which a stop loses. */
export const FILE_MIXTURES = 64;
/** Most recordings in a mixture. */
const RECORDINGS = 3;
/** Bytes of one recording's number. */
const NUMBER_BYTES = 4;
/** Levels are kept from FLOOR_DB on in steps of half a decibel, logits in steps of 0.1: 8 bits each. */
const MEL_STEP_DB = 0.5;
const LOGIT_STEP = 0.1;

/** A folder of mixtures: `mixtures-N.bin` with FILE_MIXTURES records of equal length each, and what they were made from. */
export class MixtureStore {
  private readonly steps: number;
  private readonly melBytes: number;
  readonly recordBytes: number;
  private files = 0;

  /**
   * @param frames length of a mixture
   * @param made what the mixtures are made from, as JSON
   * @throws DeepInfantError `run-differs` if the folder holds mixtures of something else, what `refresh` throws
   */
  static async open(folder: string, frames: number, made: string): Promise<MixtureStore> {
    await claimFolder(folder, made);
    return this.read(folder, frames);
  }

  /** Opens mixtures to learn from. @throws DeepInfantError what `refresh` throws */
  static read(folder: string, frames: number): MixtureStore {
    const store = new MixtureStore(folder, frames);
    store.refresh();
    return store;
  }

  private constructor(
    private readonly folder: string,
    frames: number,
  ) {
    this.steps = frames / FRAMES_PER_STEP;
    this.melBytes = frames * SEED_FRONT_END.mels;
    this.recordBytes =
      RECORDINGS * NUMBER_BYTES + LABELS.length + 2 * this.steps + this.melBytes + this.steps * BOTH_CLASSES;
  }

  /** Number of mixtures. */
  get count(): number {
    return this.files * FILE_MIXTURES;
  }

  /**
   * Looks for mixtures that came since.
   * @throws DeepInfantError `mixtures` when a file is missing in between or has another length
   */
  refresh(): void {
    const names = readdirSync(this.folder).filter(name => /^mixtures-\d+\.bin$/.test(name));
    for (; this.files < names.length; this.files++) {
      const file = this.fileOf(this.files);
      if (!names.includes(path.basename(file))) throw damaged(file, 'it is missing');
      const { size } = statSync(file);
      const expected = FILE_MIXTURES * this.recordBytes;
      if (size !== expected) throw damaged(file, `it has ${size} bytes, not ${expected}`);
    }
  }

  /** Writes the next file. @param mixtures FILE_MIXTURES of them */
  async append(mixtures: readonly StoredMixture[]): Promise<void> {
    await writeAtomically(this.fileOf(this.files), Buffer.concat(mixtures.map(one => this.encode(one))));
    this.refresh();
  }

  /** The recordings of a mixture, without the rest of it. */
  recordingsOf(mixture: number): number[] {
    return numbersIn(this.bytes(mixture, RECORDINGS * NUMBER_BYTES));
  }

  mixture(mixture: number): StoredMixture {
    const bytes = this.bytes(mixture, this.recordBytes);
    let at = RECORDINGS * NUMBER_BYTES;
    const next = (length: number): Buffer => bytes.subarray(at, (at += length));
    const labels = decoded(next(LABELS.length), value => (value === UNKNOWN ? NaN : value));
    const silent = decoded(next(this.steps), value => value);
    const crying = decoded(next(this.steps), value => value / 255);
    const mel = decoded(next(this.melBytes), value => FLOOR_DB + MEL_STEP_DB * value);
    const logits = next(this.steps * BOTH_CLASSES);
    const teacher = decoded(logits, value => LOGIT_STEP * ((value << 24) >> 24));
    return { recordings: numbersIn(bytes), labels, silent, crying, mel, teacher };
  }

  private encode({ recordings, labels, silent, crying, mel, teacher }: StoredMixture): Buffer {
    const numbers = Buffer.alloc(RECORDINGS * NUMBER_BYTES, 0xff);
    recordings.forEach((number, i) => numbers.writeInt32LE(number, NUMBER_BYTES * i));
    return Buffer.concat([
      numbers,
      Uint8Array.from(labels, value => (Number.isNaN(value) ? UNKNOWN : value)),
      Uint8Array.from(silent),
      Uint8Array.from(crying, value => Math.round(255 * value)),
      Uint8Array.from(mel, db => within(0, 255, Math.round((db - FLOOR_DB) / MEL_STEP_DB))),
      // In two's complement.
      Uint8Array.from(teacher, logit => within(-128, 127, Math.round(logit / LOGIT_STEP))),
    ]);
  }

  private bytes(mixture: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    const file = openSync(this.fileOf(Math.floor(mixture / FILE_MIXTURES)), 'r');
    try {
      readSync(file, bytes, 0, length, (mixture % FILE_MIXTURES) * this.recordBytes);
    } finally {
      closeSync(file);
    }
    return bytes;
  }

  private fileOf(number: number): string {
    return path.join(this.folder, `mixtures-${number}.bin`);
  }
}

/** A label that is not known, in a byte. */
const UNKNOWN = 2;

/** What each byte stands for. In a loop: Float32Array.from takes as long for a batch as a quarter of its training step. */
function decoded(bytes: Uint8Array, valueOf: (byte: number) => number): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = valueOf(bytes[i]);
  return values;
}

function numbersIn(bytes: Buffer): number[] {
  return Array.from({ length: RECORDINGS }, (_, i) => bytes.readInt32LE(NUMBER_BYTES * i)).filter(
    number => number >= 0,
  );
}

function within(least: number, most: number, value: number): number {
  return Math.max(least, Math.min(most, value));
}

function damaged(file: string, what: string): DeepInfantError {
  return new DeepInfantError(
    'mixtures',
    `${file} cannot be used: ${what}. Remove it and the files after it, and make them again with 'deepinfant mix'.`,
  );
}
