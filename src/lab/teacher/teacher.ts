import { createHash, type Hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../../errors.js';
import { readCsv } from '../../files/csv.js';
import { fromFloat16 } from '../../maths/float16.js';
import { MN04_CLASSES } from './mn04.js';

/** Samples of a YAMNet window, samples from one to the next, and its classes (YAMNet on AudioSet's ontology). */
export const TEACHER_WINDOW = 15600;
export const TEACHER_HOP = 4096;
export const TEACHER_CLASSES = 521;
/** Rows of 'Baby cry, infant cry' and its two neighbours 'Crying, sobbing' and 'Whimper' in the class map. */
export const TEACHER_CRY_CLASSES = [19, 20, 21];

/** Number of YAMNet's windows of a recording, which is filled up with zeros to at least one. */
export function teacherWindows(samples: number, hop = TEACHER_HOP): number {
  return Math.floor(Math.max(0, samples - TEACHER_WINDOW) / hop) + 1;
}

/** The files of a teacher's window scores: NumPy's numbers [windows x classes], and each recording's part of them. */
export interface ScoreFiles {
  scores: string;
  index: string;
  classes: number;
}

/** By the teacher's name. */
export const SCORE_FILES: Readonly<Record<string, ScoreFiles>> = {
  yamnet: { scores: 'window_scores.npy', index: 'window_index.csv', classes: TEACHER_CLASSES },
  mn04: { scores: 'mn04_window_logits.npy', index: 'mn04_window_index.csv', classes: MN04_CLASSES },
};

/** Teachers' window scores of a corpus: YAMNet's, one every TEACHER_HOP samples of each recording, and perhaps mn04's. */
export class Teacher {
  /**
   * Reads teachers' scores.
   * @param folders each holds YAMNet's files and either all or none of them mn04's (see SCORE_FILES)
   * @throws DeepInfantError `teacher` or `csv`, naming the file, when one cannot be read, is missing or is cut off
   */
  static async read(folders: readonly string[]): Promise<Teacher> {
    const hash = createHash('sha256');
    const yamnet = await readScores(folders, SCORE_FILES.yamnet, hash);
    const hasMn04 = folders.some(folder => existsSync(path.join(folder, SCORE_FILES.mn04.scores)));
    const mn04 = hasMn04 ? await readScores(folders, SCORE_FILES.mn04, hash) : undefined;
    return new Teacher(yamnet, mn04, hash.digest('hex'));
  }

  private constructor(
    private readonly yamnet: ReadonlyMap<string, Uint16Array>,
    private readonly mn04: ReadonlyMap<string, Uint16Array> | undefined,
    /** SHA-256 over all scores. */
    readonly sha256: string,
  ) {}

  /**
   * YAMNet's scores [windows x TEACHER_CLASSES] of a recording in binary16, in memory that threads share, by its path in
   * the manifest; undefined if it was not scored.
   */
  of(recording: string): Uint16Array | undefined {
    return this.yamnet.get(recording);
  }

  /** Whether there are mn04's logits, too. */
  get isJoint(): boolean {
    return this.mn04 !== undefined;
  }

  /** mn04's logits [windows x MN04_CLASSES] of a recording; undefined if it was not scored. */
  mn04Of(recording: string): Uint16Array | undefined {
    return this.mn04?.get(recording);
  }
}

async function readScores(
  folders: readonly string[],
  { scores: scoresFile, index: indexFile, classes }: ScoreFiles,
  hash: Hash,
): Promise<Map<string, Uint16Array>> {
  const all = new Map<string, Uint16Array>();
  for (const folder of folders) {
    const scores = await readFloat16Npy(path.join(folder, scoresFile), classes);
    hash.update(scores);
    for (const row of await readCsv(path.join(folder, indexFile), ['path', 'first_window', 'windows'])) {
      const first = Number(row.first_window) * classes;
      const part = scores.subarray(first, first + Number(row.windows) * classes);
      if (part.length === 0 || part.length !== Number(row.windows) * classes) {
        throw new DeepInfantError(
          'teacher',
          `${path.join(folder, scoresFile)} ends before the scores of ${row.path}. Run 'deepinfant teach' again.`,
        );
      }
      all.set(row.path, part);
    }
  }
  return all;
}

/** Highest crying score of each window. @param scores see Teacher.of */
export function cryingOf(scores: Uint16Array): Float32Array {
  return Float32Array.from({ length: scores.length / TEACHER_CLASSES }, (_, window) =>
    cryPeak(scores.subarray(window * TEACHER_CLASSES, (window + 1) * TEACHER_CLASSES)),
  );
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
  const lengthAt = 8;
  const textAt = bytes[6] === 1 ? 10 : 12;
  const start = bytes.length < textAt ? Infinity : textAt + bytes.readUIntLE(lengthAt, textAt - lengthAt);
  if (start > bytes.length)
    throw new DeepInfantError('teacher', `${file} ends within its header. Run 'deepinfant teach' again.`);
  const header = bytes.toString('latin1', 10, start);
  if (!header.includes("'<f2'") || !header.includes(`, ${columns})`)) {
    throw new DeepInfantError(
      'teacher',
      `${file} must hold float16 numbers in ${columns} columns, but its header is ${header.trim()}`,
    );
  }
  // A number that was cut in two is left out; whose scores are missing then shows in the index.
  const data = bytes.subarray(start, bytes.length - ((bytes.length - start) % 2));
  const shared = new Uint8Array(new SharedArrayBuffer(data.length));
  shared.set(data);
  return new Uint16Array(shared.buffer);
}
