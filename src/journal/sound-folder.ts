import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, rmdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { encodeMp3 } from '../audio/ffmpeg.js';
import { DeepInfantError, messageOf } from '../errors.js';
import { SAMPLE_RATE } from '../values.js';
import { writeAtomically } from '../files/write-atomically.js';
import type { RecordedCry } from './cry-recorder.js';
import type { CryEntry, CrySound } from './entries.js';
import { cryPicture } from './pictures/cry-picture.js';

/** So much of the disk is left free: a night of entries is some hundred kilobytes. */
const RESERVE_BYTES = 50e6;

/** The folder of the clips and pictures of cries. */
export class SoundFolder {
  /** @param journal the journal's folder: names of what lies in it are relative to it */
  constructor(
    private readonly journal: string,
    private readonly folder: string,
  ) {}

  /**
   * Keeps what was heard of a cry.
   * @throws DeepInfantError `disk-full` before the disk is, so that entries have room; `ffmpeg-missing`, `storage`
   */
  async keep(cry: CryEntry, recorded: RecordedCry): Promise<CrySound> {
    const { samples, fromS } = recorded;
    const name = nameOf(cry);
    const [clip, picture] = ['mp3', 'png'].map(type => path.join(this.folder, `${name}.${type}`));
    const sound = { clip: this.named(clip), picture: this.named(picture) };
    try {
      await mkdir(this.folder, { recursive: true });
      await this.checkRoom();
      await encodeMp3(samples, clip);
      await writeAtomically(picture, cryPicture(recorded));
      return {
        ...sound,
        from: cry.onset + Math.round(1000 * (fromS - cry.onsetS)),
        durationS: samples.length / SAMPLE_RATE,
        bytes: await this.sizeOf(sound),
      };
    } catch (error) {
      await this.remove(sound).catch(() => undefined);
      if (error instanceof DeepInfantError) throw error;
      throw new DeepInfantError(
        'storage',
        `The sound of cries cannot be kept in ${this.folder}: ${messageOf(error)}. Cries are noted all the same.`,
        { cause: error },
      );
    }
  }

  async remove({ clip, picture }: Pick<CrySound, 'clip' | 'picture'>): Promise<void> {
    for (const name of [clip, picture]) await rm(path.resolve(this.journal, name), { force: true });
  }

  /** Deletes all, with the folder if nothing else lies in it. */
  async clear(): Promise<void> {
    await this.keepOnly([]);
    await rmdir(this.folder).catch(() => undefined);
  }

  /** Deletes what none of these names: a killed process leaves files that no entry knows. */
  async keepOnly(sounds: readonly CrySound[]): Promise<void> {
    const known = new Set(sounds.flatMap(({ clip, picture }) => [clip, picture]));
    const names = await readdir(this.folder).catch((): string[] => []);
    const files = names.filter(name => OWN_NAME.test(name)).map(name => path.join(this.folder, name));
    for (const file of files) if (!known.has(this.named(file))) await rm(file, { force: true });
  }

  /** The name of a file as entries have it: what lies with the journal stays with it when that is moved. */
  private named(file: string): string {
    const relative = path.relative(this.journal, file);
    return relative.startsWith('..') ? path.resolve(file) : relative;
  }

  private async checkRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(this.folder);
    if (bavail * bsize >= RESERVE_BYTES) return;
    throw new DeepInfantError(
      'disk-full',
      `The disk of ${this.folder} is almost full: no more sound of cries is kept, and cries are noted as long as they can be. Make room there.`,
    );
  }

  private async sizeOf({ clip, picture }: Pick<CrySound, 'clip' | 'picture'>): Promise<number> {
    const sizes = await Promise.all([clip, picture].map(name => stat(path.resolve(this.journal, name))));
    return sizes.reduce((sum, { size }) => sum + size, 0);
  }
}

/**
 * A name that sorts by time and suits every file system, whatever its source is called. The onset in ms is in it, by which
 * the dashboard card finds it.
 */
function nameOf({ id, onset }: CryEntry): string {
  const time = new Date(onset).toISOString().slice(0, 19).replaceAll(':', '-');
  return `${time}Z-${onset}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
}

/** What `nameOf` gives, also of files that were not finished. */
const OWN_NAME = /^\d{4}-[\dT-]+Z-\d+-[\da-f]{8}\.(mp3|png)/;
