import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../../errors.js';
import { readCsv } from '../../files/csv.js';
import { fromFloat16 } from '../../maths/float16.js';

/** Samples of a teacher window, samples from one to the next, and its classes (YAMNet on AudioSet's ontology). */
export const TEACHER_WINDOW = 15600;
export const TEACHER_HOP = 4096;
export const TEACHER_CLASSES = 521;
/** Rows of 'Baby cry, infant cry' and its two neighbours 'Crying, sobbing' and 'Whimper' in the class map. */
export const TEACHER_CRY_CLASSES = [19, 20, 21];

/** A teacher network's window scores of a corpus: one every TEACHER_HOP samples of each recording. */
export class Teacher {
  /**
   * Reads a teacher's scores.
   * @param folders each holds window_scores.npy (float16 [windows, TEACHER_CLASSES], C order) and window_index.csv
   * (`path`, `first_window`, `windows`)
   * @throws DeepInfantError `teacher` or `csv`, naming the file, when one cannot be read
   */
  static async read(folders: readonly string[]): Promise<Teacher> {
    const all = new Map<string, Uint16Array>();
    for (const folder of folders) {
      const scores = await readFloat16Npy(path.join(folder, 'window_scores.npy'), TEACHER_CLASSES);
      const index = path.join(folder, 'window_index.csv');
      for (const row of await readCsv(index, ['path', 'first_window', 'windows'])) {
        const first = Number(row.first_window) * TEACHER_CLASSES;
        all.set(row.path, scores.subarray(first, first + Number(row.windows) * TEACHER_CLASSES));
      }
    }
    return new Teacher(all);
  }

  private constructor(private readonly scores: ReadonlyMap<string, Uint16Array>) {}

  /**
   * Scores [windows x TEACHER_CLASSES] of a recording in binary16, in memory that threads share, by its path in the
   * manifest; undefined if it was not scored.
   */
  of(recording: string): Uint16Array | undefined {
    return this.scores.get(recording);
  }
}

/** Highest crying score of any window. @param scores see Teacher.of */
export function cryPeak(scores: Uint16Array): number {
  let peak = 0;
  for (let i = 0; i < scores.length; i += TEACHER_CLASSES) {
    for (const c of TEACHER_CRY_CLASSES) peak = Math.max(peak, scores[i + c]);
  }
  // Positive numbers in binary16 are ordered like their bits.
  return fromFloat16(Uint16Array.of(peak))[0];
}

/** Form: NumPy's NEP 1, versions 1 to 3. */
async function readFloat16Npy(file: string, columns: number): Promise<Uint16Array> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new DeepInfantError(
      'teacher',
      `Cannot read ${file}: ${messageOf(error)}. 'deepinfant teach' makes it.`,
    );
  });
  const headerLength = bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const start = (bytes[6] === 1 ? 10 : 12) + headerLength;
  const header = bytes.toString('latin1', 10, start);
  if (!header.includes("'<f2'") || !header.includes(`, ${columns})`)) {
    throw new DeepInfantError(
      'teacher',
      `${file} must hold float16 numbers in ${columns} columns, but its header is ${header.trim()}`,
    );
  }
  const data = bytes.subarray(start);
  const shared = new Uint8Array(new SharedArrayBuffer(data.length));
  shared.set(data);
  return new Uint16Array(shared.buffer);
}
