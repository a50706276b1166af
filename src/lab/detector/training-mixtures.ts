import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../../errors.js';
import { sha256 } from '../../model/weights.js';
import { isObject } from '../../unknown-data.js';
import type { TrainingConfig } from './config.js';
import type { TrainingCorpus } from './training-corpus.js';

/** A store of mixtures to learn from. */
export interface TrainingMixtures {
  folder: string;
  /** Of what they were made from. */
  sha256: string;
}

/**
 * What the numbers of recordings in mixtures, and their length, refer to.
 * @throws DeepInfantError `teacher` unless both teachers heard the corpus
 */
export function originOf(
  { sha256: corpusSha256, more, teacher }: TrainingCorpus,
  { cropFrames }: TrainingConfig,
): object {
  if (teacher?.isJoint !== true) {
    throw new DeepInfantError(
      'teacher',
      "Mixtures need the scores of both teachers: give them with --teacher. 'deepinfant teach YAMNET MN04' makes them.",
    );
  }
  const moreSha256 = sha256(Buffer.from(more.map(({ path }) => path).join('\n')));
  return { cropFrames, corpusSha256, moreSha256, scoresSha256: teacher.sha256 };
}

/**
 * Finds mixtures that 'deepinfant mix' made.
 * @throws DeepInfantError what originOf throws; `mixtures` when there are none, or when they are of other recordings: the
 * ones that are held out could not be told from others
 */
export async function findMixtures(
  folder: string,
  corpus: TrainingCorpus,
  config: TrainingConfig,
): Promise<TrainingMixtures> {
  const origin = originOf(corpus, config);
  const file = path.join(folder, 'run.json');
  let made: unknown;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
    made = JSON.parse(text);
  } catch (error) {
    throw new DeepInfantError(
      'mixtures',
      `${folder} holds no mixtures: ${messageOf(error)}. Make some with 'deepinfant mix'.`,
    );
  }
  const other = Object.entries(origin).find(([field, value]) => !isObject(made) || made[field] !== value);
  if (other) {
    throw new DeepInfantError(
      'mixtures',
      `The mixtures in ${folder} were made with another ${other[0]}. Give 'deepinfant train' and 'deepinfant mix' the same ` +
        '--data, --more and --teacher, in the same order, and the same cropFrames.',
    );
  }
  return { folder, sha256: sha256(Buffer.from(text)) };
}
