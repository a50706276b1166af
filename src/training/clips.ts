import path from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { readRecording } from '../audio/recording.js';
import { concat } from '../concat.js';
import { parseCsv } from '../dataset/csv.js';
import type { Recording } from '../dataset/manifest.js';
import type { Clip } from './augment.js';
import { cryPeak, type Teacher } from './teacher.js';

/** Reads a recording into memory as 16 kHz mono. @throws DeepInfantError when it cannot be read */
export async function readSamples(file: string): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for await (const chunk of readRecording(file)) parts.push(chunk.samples);
  return concat(parts);
}

/** Verdicts of a viewer of spectrograms (`eye.csv` of a corpus: path, verdict `cry`, `none` or `unclear`), by path. */
export function readVerdicts(folder: string): Map<string, string> {
  const file = path.join(folder, 'eye.csv');
  if (!existsSync(file)) return new Map();
  return new Map(
    parseCsv(readFileSync(file, 'utf8'), ['path', 'verdict']).map(row => [row.path, row.verdict]),
  );
}

/**
 * Whether a label is too doubtful to learn from: a look at the spectrogram contradicts it, or, where nobody looked, the
 * teacher does: it hears nothing in a cry, or crying in what the cry corpus's listeners removed.
 */
export function isDoubtful(
  recording: Recording,
  verdict: string | undefined,
  teacher?: Float32Array,
): boolean {
  if (verdict === 'cry') return recording.label !== 'cry';
  if (verdict === 'none') return recording.label === 'cry';
  if (verdict === 'unclear') return true;
  if (!teacher) return false;
  const peak = cryPeak(teacher);
  return recording.label === 'cry' ? peak < 0.03 : recording.source === 'donateacry' && peak > 0.06;
}

/** Reads recordings to train on, one by one, telling how many are done. Weights: see TrainingConfig.rivalWeights. */
export async function loadClips(
  recordings: readonly Recording[],
  teacher: Teacher | undefined,
  weights: Readonly<Partial<Record<string, number>>>,
  onProgress: (done: number) => void,
): Promise<Clip[]> {
  const clips: Clip[] = [];
  for (const { file, path: name, label, sublabel } of recordings) {
    const samples = await readSamples(file);
    clips.push({
      label,
      weight: weights[sublabel] ?? weights[label] ?? 1,
      samples: Int16Array.from(samples, x => Math.max(-32768, Math.min(32767, Math.round(x * 32768)))),
      teacher: teacher?.of(name),
    });
    onProgress(clips.length);
  }
  return clips;
}
