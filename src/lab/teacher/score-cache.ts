import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readSamples } from '../../audio/recording.js';
import { DeepInfantError, messageOf } from '../../errors.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { toFloat16 } from '../../maths/float16.js';
import type { WindowTeacher } from './window-teacher.js';

/** Raise it when a teacher's code gives other scores for the same file: what older code has kept is then not used. */
const FORM = 1;

/**
 * Window scores of recordings, kept in a folder by content: a file for each recording and teacher, named by the SHA-256 of
 * the recording, in a folder named by that of the teacher. Work that was stopped goes on where it was, and another corpus
 * with the same recordings needs no work.
 */
export class ScoreCache {
  constructor(private readonly folder: string) {}

  /**
   * A recording's window scores by a teacher, [windows x classes] in binary16.
   * @throws DeepInfantError what readSamples throws, and `unwritable` when the folder cannot be written to
   */
  async scoresOf(teacher: WindowTeacher, recording: string): Promise<Uint16Array> {
    const samples = await readSamples(recording);
    const sound = createHash('sha256').update(samples).digest('hex');
    const folder = path.join(this.folder, `${teacher.name}-${FORM}-${teacher.sha256.slice(0, 16)}`);
    const file = path.join(folder, `${sound}.f16`);
    const kept = await readFile(file).catch(() => undefined);
    if (kept && kept.length > 0 && kept.length % (2 * teacher.classes) === 0)
      return new Uint16Array(kept.buffer.slice(kept.byteOffset, kept.byteOffset + kept.length));
    const scores = toFloat16(await teacher.windows(samples));
    try {
      await mkdir(folder, { recursive: true });
      await writeAtomically(file, new Uint8Array(scores.buffer));
    } catch (error) {
      throw new DeepInfantError(
        'unwritable',
        `Cannot write to ${folder}: ${messageOf(error)}. Free some space, or choose another folder with --cache.`,
      );
    }
    return scores;
  }
}
