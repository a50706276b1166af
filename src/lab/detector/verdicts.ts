import { existsSync } from 'node:fs';
import path from 'node:path';
import { readCsv } from '../../files/csv.js';
import { cryPeak } from '../teacher/teacher.js';

/** What a person saw in spectrograms, by path: a corpus's `eye.csv` (path, verdict `cry`, `none` or `unclear`). */
export async function readVerdicts(folder: string): Promise<Map<string, string>> {
  const file = path.join(folder, 'eye.csv');
  if (!existsSync(file)) return new Map();
  const rows = await readCsv(file, ['path', 'verdict']);
  return new Map(rows.map(row => [row.path, row.verdict]));
}

/**
 * Whether a label is too doubtful to learn from: the spectrogram contradicts it or, if nobody looked, the teacher does. It
 * hears nothing in a cry, or crying in what the cry corpus's listeners removed or in what nobody listened to.
 */
export function isDoubtful(
  recording: { label: string; source: string },
  verdict: string | undefined,
  teacher?: Uint16Array,
): boolean {
  if (verdict === 'cry') return recording.label !== 'cry';
  if (verdict === 'none') return recording.label === 'cry';
  if (verdict === 'unclear') return true;
  if (!teacher) return false;
  const peak = cryPeak(teacher);
  if (recording.label === 'cry') return peak < 0.03;
  if (recording.label === 'other') return peak > 0.15;
  return recording.source === 'donateacry' && peak > 0.06;
}
