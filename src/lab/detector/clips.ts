import { existsSync } from 'node:fs';
import path from 'node:path';
import { readSamples } from '../../audio/recording.js';
import { readCsv } from '../../files/csv.js';
import type { Recording } from '../corpus/manifest.js';
import { cryPeak } from '../teacher/teacher.js';
import type { Clip } from './augment.js';
import type { Corpus } from './training-corpus.js';
import type { Progress } from './training-run.js';

/** Verdicts of a viewer of spectrograms (`eye.csv` of a corpus: path, verdict `cry`, `none` or `unclear`), by path. */
export async function readVerdicts(folder: string): Promise<Map<string, string>> {
  const file = path.join(folder, 'eye.csv');
  if (!existsSync(file)) return new Map();
  const rows = await readCsv(file, ['path', 'verdict']);
  return new Map(rows.map(row => [row.path, row.verdict]));
}

/**
 * Whether a label is too doubtful to learn from: a look at the spectrogram contradicts it, or, where nobody looked, the
 * teacher does: it hears nothing in a cry, or crying in what the cry corpus's listeners removed, or in what nobody heard.
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

/** 16 bit, in memory that the batches' thread shares. */
function toShared16(samples: Float32Array): Int16Array {
  const shared = new Int16Array(new SharedArrayBuffer(2 * samples.length));
  for (let i = 0; i < samples.length; i++) {
    shared[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768)));
  }
  return shared;
}

/**
 * Reads a corpus to train on, telling how many recordings are done. Those that will be kept out are read too: one that
 * cannot be read is told now, and not after hours of training.
 * @param weights see TrainingConfig.rivalWeights
 * @throws DeepInfantError what readSamples throws
 */
export async function readClips(
  { recordings, more, teacher }: Corpus,
  weights: Readonly<Partial<Record<string, number>>>,
  onProgress: (progress: Progress) => void,
): Promise<Map<Recording, Clip>> {
  const clips = new Map<Recording, Clip>();
  const all = [...recordings, ...more];
  for (const recording of all) {
    const { file, path: name, label, sublabel, source } = recording;
    clips.set(recording, {
      label,
      weight: weights[sublabel] ?? weights[source] ?? weights[label] ?? 1,
      samples: toShared16(await readSamples(file)),
      teacher: teacher?.of(name),
    });
    onProgress({ phase: 'reading', done: clips.size, total: all.length });
  }
  return clips;
}

/** What of some recordings is learned from: those whose label is not in doubt. */
export function sureClips(
  { corpus, clips }: { corpus: Corpus; clips: ReadonlyMap<Recording, Clip> },
  recordings: readonly Recording[],
): Clip[] {
  return recordings.filter(({ path }) => !corpus.doubtful.has(path)).map(recording => clips.get(recording)!);
}
