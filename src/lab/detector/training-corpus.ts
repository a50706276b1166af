import { readCorpusFolder } from '../corpus/corpus.js';
import { checkTrainable, groupedFolds } from '../corpus/folds.js';
import type { Recording } from '../corpus/manifest.js';
import { isDoubtful, readVerdicts } from './verdicts.js';
import type { TrainingConfig, TrainingData } from './config.js';
import { Teacher } from '../teacher/teacher.js';

/** A corpus split into folds by groups. */
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
  folds: number[];
  sha256: string;
}

/**
 * Reads a corpus and splits it; the same config gives the same folds.
 * @throws DeepInfantError what readCorpusFolder throws, and `too-few-recordings` (see checkTrainable), so that a run does
 * not fail hours later
 */
export async function readTrainingCorpus(
  config: TrainingConfig,
  data: TrainingData,
): Promise<TrainingCorpus> {
  const { recordings, left, remarks, sha256 } = await readCorpusFolder(data.corpus);
  checkTrainable(recordings, config.folds);
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
    folds: groupedFolds(recordings, config.folds, config.seed),
    sha256,
  };
}
