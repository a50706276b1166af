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
 * What teachers hear, kept in a folder by content: a file for each sound and teacher, named by the SHA-256 of the sound, in a
 * folder named by that of the teacher. Work that was stopped goes on where it was, and another corpus with the same
 * recordings needs no work.
 */
export class ScoreCache {
  constructor(private readonly folder: string) {}

  /**
   * A recording's window scores by a teacher, [windows x classes] in binary16.
   * @throws DeepInfantError what readSamples throws, and `unwritable` when the folder cannot be written to
   */
  async scoresOf(teacher: WindowTeacher, recording: string): Promise<Uint16Array> {
    const samples = await readSamples(recording);
    const isWhole = (length: number): boolean => length > 0 && length % (2 * teacher.classes) === 0;
    const bytes = await this.bytesOf(teacher, samples, 'f16', isWhole, async () =>
      toFloat16(await teacher.windows(samples)),
    );
    return new Uint16Array(bytes);
  }

  /**
   * The probability of crying in each window of a sound, where windows do not overlap.
   * @param samples of whole windows, 16 kHz mono in [-1, 1]
   * @throws DeepInfantError `unwritable` when the folder cannot be written to
   */
  async cryingOf(teacher: WindowTeacher, samples: Float32Array): Promise<Float32Array> {
    const { window } = teacher;
    const isWhole = (length: number): boolean =>
      length === (samples.length / window) * Float32Array.BYTES_PER_ELEMENT;
    const bytes = await this.bytesOf(teacher, samples, 'crying', isWhole, async () =>
      teacher.crying(await teacher.windows(samples, window)),
    );
    return new Float32Array(bytes);
  }

  /** The content of a sound's file, which is made if there is none or it is not whole. */
  private async bytesOf(
    teacher: WindowTeacher,
    samples: Float32Array,
    ending: string,
    isWhole: (length: number) => boolean,
    hear: () => Promise<Uint16Array | Float32Array>,
  ): Promise<ArrayBuffer> {
    const sound = createHash('sha256').update(samples).digest('hex');
    const folder = path.join(this.folder, `${teacher.name}-${FORM}-${teacher.sha256.slice(0, 16)}`);
    const file = path.join(folder, `${sound}.${ending}`);
    const kept = await readFile(file).catch(() => undefined);
    if (kept && isWhole(kept.length)) return new Uint8Array(kept).buffer;
    const heard = await hear();
    const scores = new Uint8Array(heard.buffer, heard.byteOffset, heard.byteLength).slice();
    try {
      await mkdir(folder, { recursive: true });
      await writeAtomically(file, scores);
    } catch (error) {
      throw new DeepInfantError(
        'unwritable',
        `Cannot write to ${folder}: ${messageOf(error)}. Free some space, or choose another folder with --cache.`,
      );
    }
    return scores.buffer;
  }
}
