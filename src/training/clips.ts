import path from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { readRecording } from '../audio/recording.js';
import { concat } from '../concat.js';
import { parseCsv } from '../dataset/csv.js';
import type { Recording } from '../dataset/manifest.js';
import type { Clip } from './augment.js';
import { cryPeak, type Teacher } from './teacher.js';
import type { Progress } from './train.js';

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
 * teacher does: it hears nothing in a cry, or crying in what the cry corpus's listeners removed, or in what nobody heard.
 */
export function isDoubtful(
  recording: Recording,
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

/** 16 bit, in memory that the batches' thread shares. */
function toShared16(samples: Float32Array): Int16Array {
  const shared = new Int16Array(new SharedArrayBuffer(2 * samples.length));
  for (let i = 0; i < samples.length; i++) {
    shared[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768)));
  }
  return shared;
}

/** Reads recordings to train on, one by one, telling how many are done. Weights: see TrainingConfig.rivalWeights. */
export async function loadClips(
  recordings: readonly Recording[],
  teacher: Teacher | undefined,
  weights: Readonly<Partial<Record<string, number>>>,
  onProgress: (progress: Progress) => void,
): Promise<Clip[]> {
  const clips: Clip[] = [];
  for (const { file, path: name, label, sublabel, source } of recordings) {
    const samples = await readSamples(file);
    clips.push({
      label,
      weight: weights[sublabel] ?? weights[source] ?? weights[label] ?? 1,
      samples: toShared16(samples),
      teacher: teacher?.of(name),
    });
    onProgress({ phase: 'reading', done: clips.length, total: recordings.length });
  }
  return clips;
}
