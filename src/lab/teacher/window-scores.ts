import path from 'node:path';
import { formatCsv } from '../../files/csv.js';
import type { ScoreFiles } from './teacher.js';
import { writeAtomically } from '../../files/write-atomically.js';

/** What a teacher heard in one recording: scores [windows x classes] in binary16, by its path in the manifest. */
export interface RecordingScores {
  path: string;
  scores: Uint16Array;
}

/** Writes a teacher's window scores into a folder, from which Teacher reads them. */
export async function writeWindowScores(
  folder: string,
  { scores: scoresFile, index, classes }: ScoreFiles,
  recordings: readonly RecordingScores[],
): Promise<void> {
  let first = 0;
  const rows = recordings.map(({ path: name, scores }) => {
    const windows = scores.length / classes;
    const row = { path: name, first_window: first, windows };
    first += windows;
    return row;
  });
  const scores = recordings.map(recording => Buffer.from(recording.scores.buffer));
  await writeAtomically(
    path.join(folder, scoresFile),
    Buffer.concat([float16NpyHeader(first, classes), ...scores]),
  );
  await writeAtomically(path.join(folder, index), formatCsv(['path', 'first_window', 'windows'], rows));
}

/** What stands before the numbers in version 1.0 of NumPy's NEP 1. */
function float16NpyHeader(rows: number, columns: number): Buffer {
  const text = `{'descr': '<f2', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  // The form asks for numbers at a multiple of 64, behind a line's end.
  const header = Buffer.alloc(Math.ceil((10 + text.length + 1) / 64) * 64, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(header.length - 10, 8);
  header.write(text, 10);
  header.write('\n', header.length - 1);
  return header;
}
