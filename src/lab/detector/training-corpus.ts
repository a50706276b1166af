import { readCorpusFolder } from '../corpus/corpus.js';
import { splitOf, type Split } from '../corpus/folds.js';
import type { Recording } from '../corpus/manifest.js';
import { DeepInfantError } from '../../errors.js';
import { isDoubtful, readVerdicts } from './verdicts.js';
import type { TrainingConfig, TrainingData } from './config.js';
import { Teacher } from '../teacher/teacher.js';

/** A corpus split into folds. */
export interface TrainingCorpus {
  recordings: Recording[];
  /** Recordings for training only, in every fold. */
  more: Recording[];
  teacher: Teacher | undefined;
  /** Paths of recordings with a doubtful label: they are measured, but not used to train or to choose thresholds. */
  doubtful: Set<string>;
  /** Number of recordings whose label is not used, by label. */
  left: Record<string, number>;
  /** What a person should know about the corpus, one sentence each. */
  remarks: string[];
  split: Split;
  sha256: string;
}

/**
 * Reads a corpus and splits it; the same config gives the same folds.
 * @throws DeepInfantError what readCorpusFolder and splitOf throw, and `folds` when early stopping would leave nothing to
 * learn from, so that a run does not fail hours later
 */
export async function readTrainingCorpus(
  config: TrainingConfig,
  data: TrainingData,
): Promise<TrainingCorpus> {
  const { recordings, left, remarks, sha256 } = await readCorpusFolder(data.corpus);
  const split = splitOf(recordings, config.folds, config.seed);
  if (config.earlyStop && split.count < 3) {
    throw new DeepInfantError(
      'folds',
      `With earlyStop, the fold after the one that is held out is not learned from either, so ${split.count} folds leave ` +
        'nothing to learn from. Leave earlyStop out, or use more folds.',
    );
  }
  const more = await Promise.all(data.more.map(readCorpusFolder));
  const teacher = data.teacher.length === 0 ? undefined : await Teacher.read(data.teacher);
  const verdicts = await readVerdicts(data.corpus);
  const moreRecordings = more.flatMap(corpus => corpus.recordings);
  const doubtful = [...recordings, ...moreRecordings].filter(recording =>
    isDoubtful(recording, verdicts.get(recording.path), teacher?.of(recording.path)),
  );
  return {
    recordings,
    more: moreRecordings,
    teacher,
    doubtful: new Set(doubtful.map(recording => recording.path)),
    left,
    remarks: [...remarks, ...more.flatMap(corpus => corpus.remarks)],
    split,
    sha256,
  };
}
