import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DeepInfantError } from '../errors.js';
import { parseCsv } from '../dataset/csv.js';
import { fromFloat16 } from '../model/float16.js';

/** Samples of a teacher window, samples from one to the next, and its classes (YAMNet on AudioSet's ontology). */
export const TEACHER_WINDOW = 15600;
export const TEACHER_HOP = 4096;
export const TEACHER_CLASSES = 521;
/** Rows of 'Baby cry, infant cry' and its two neighbours 'Crying, sobbing' and 'Whimper' in the class map. */
export const TEACHER_CRY_CLASSES = [19, 20, 21];

/** Window scores of a teacher network over a corpus: what it heard every TEACHER_HOP samples of each recording. */
export class Teacher {
  private readonly scores: Uint16Array;
  private readonly index: Map<string, { first: number; windows: number }>;

  /**
   * @param folder holds pack_window_scores.npy (float16 [windows, TEACHER_CLASSES], C order) and
   * pack_window_index.csv (`path`, `first_window`, `windows`)
   */
  constructor(folder: string) {
    this.scores = readFloat16Npy(path.join(folder, 'pack_window_scores.npy'), TEACHER_CLASSES);
    const index = readFileSync(path.join(folder, 'pack_window_index.csv'), 'utf8');
    this.index = new Map(
      parseCsv(index, ['path', 'first_window', 'windows']).map(row => [
        row.path,
        { first: Number(row.first_window), windows: Number(row.windows) },
      ]),
    );
  }

  /** Scores [windows x TEACHER_CLASSES] of a recording, by its path in the manifest; undefined if it was not scored. */
  of(recording: string): Float32Array | undefined {
    const entry = this.index.get(recording);
    if (!entry) return undefined;
    return fromFloat16(
      this.scores.subarray(entry.first * TEACHER_CLASSES, (entry.first + entry.windows) * TEACHER_CLASSES),
    );
  }
}

/** Highest crying score of any window. */
export function cryPeak(scores: Float32Array): number {
  let peak = 0;
  for (let i = 0; i < scores.length; i += TEACHER_CLASSES) {
    for (const c of TEACHER_CRY_CLASSES) peak = Math.max(peak, scores[i + c]);
  }
  return peak;
}

/** Form: NumPy's NEP 1, versions 1 to 3. */
function readFloat16Npy(file: string, columns: number): Uint16Array {
  const bytes = readFileSync(file);
  const headerLength = bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const start = (bytes[6] === 1 ? 10 : 12) + headerLength;
  const header = bytes.toString('latin1', 10, start);
  if (!header.includes("'<f2'") || !header.includes(`, ${columns})`)) {
    throw new DeepInfantError(
      'teacher',
      `${file}: float16 with ${columns} columns is needed, found ${header.trim()}`,
    );
  }
  const data = bytes.subarray(start);
  return new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
}
