import { readSamples } from '../../audio/recording.js';
import { DeepInfantError } from '../../errors.js';
import type { Recording } from '../corpus/manifest.js';
import type { Clip } from '../mixtures/clip.js';
import { cryingOf, TEACHER_CLASSES, teacherWindows } from '../teacher/teacher.js';
import type { TrainingCorpus } from './training-corpus.js';
import type { Progress } from '../training/progress.js';

/** 16 bit, in memory that the batches' thread shares. */
function toShared16(samples: Float32Array): Int16Array {
  const shared = new Int16Array(new SharedArrayBuffer(2 * samples.length));
  for (let i = 0; i < samples.length; i++) {
    shared[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768)));
  }
  return shared;
}

/** A clip's samples as numbers in [-1, 1]. */
export function samplesOfClip({ samples }: Pick<Clip, 'samples'>): Float32Array {
  return Float32Array.from(samples, sample => sample / 32768);
}

/**
 * Reads a corpus to train on. A source of cries is drawn as often as the root of their number: one that is sixteen times as
 * large, four times as often. Reports its progress. Recordings that will be held out are read too: one that cannot be
 * read is reported now, and not after hours of training.
 * @param weights see TrainingConfig.rivalWeights
 * @throws DeepInfantError what readSamples throws, `teacher` when a recording is not the one that a teacher scored
 */
export async function readClips(
  { recordings, more, teacher }: TrainingCorpus,
  weights: Readonly<Partial<Record<string, number>>>,
  onProgress: (progress: Progress) => void,
): Promise<Map<Recording, Clip>> {
  const clips = new Map<Recording, Clip>();
  const all = [...recordings, ...more];
  const criesOf = new Map<string, number>();
  for (const { label, source } of all)
    if (label === 'cry') criesOf.set(source, (criesOf.get(source) ?? 0) + 1);
  for (const recording of all) {
    const { file, path: name, label, sublabel, source } = recording;
    const weight =
      label === 'cry'
        ? 1 / Math.sqrt(criesOf.get(source)!)
        : (weights[sublabel] ?? weights[source] ?? weights[label] ?? 1);
    const scores = teacher?.of(name);
    const samples = await readSamples(file);
    const windows = teacherWindows(samples.length);
    if (scores && scores.length !== windows * TEACHER_CLASSES) {
      throw new DeepInfantError(
        'teacher',
        `A teacher scored ${scores.length / TEACHER_CLASSES} windows of ${name}, which has ${windows}: the recording has ` +
          "changed. Run 'deepinfant teach' again.",
      );
    }
    clips.set(recording, {
      label,
      weight,
      samples: toShared16(samples),
      teacher: scores,
      crying: scores && cryingOf(scores),
    });
    onProgress({ phase: 'reading', done: clips.size, total: all.length });
  }
  return clips;
}

/**
 * The clips of those recordings whose label is not in doubt.
 * @param target gives a recording's teacher scores to learn from; without it, they are YAMNet's
 */
export function sureClips(
  { corpus, clips }: { corpus: TrainingCorpus; clips: ReadonlyMap<Recording, Clip> },
  recordings: readonly Recording[],
  target?: (recording: string) => Uint16Array | undefined,
): Clip[] {
  return recordings
    .filter(({ path }) => !corpus.doubtful.has(path))
    .map(recording => {
      const clip = clips.get(recording)!;
      if (!target) return clip;
      const scores = target(recording.path);
      return { ...clip, teacher: scores, crying: scores && cryingOf(scores) };
    });
}
