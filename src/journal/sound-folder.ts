import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, rmdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { encodeMp3, mp3DurationS } from '../audio/ffmpeg.js';
import { DeepInfantError, messageOf } from '../errors.js';
import { makePrivate, makePrivateFolder, PRIVATE_FILE } from '../files/private.js';
import { writeAtomically } from '../files/write-atomically.js';
import { SAMPLE_RATE } from '../values.js';
import { LONGEST_S, PRE_ROLL_S, type RecordedCry } from './cry-recorder.js';
import { endOf, type CryEntry, type CrySound } from './entries.js';
import { cryPicture } from './pictures/cry-picture.js';

/** So much of the disk is left free: a night of entries is some hundred kilobytes. */
const RESERVE_BYTES = 50e6;

/** Both files of a cry. */
type SoundFiles = Pick<CrySound, 'clip' | 'picture'>;

/**
 * The folder of the clips and pictures of cries. It never deletes a file by itself: what no entry names may belong
 * to a journal that was lost, or to another one.
 */
export class SoundFolder {
  private readonly isPrivate: boolean;

  /**
   * @param journal the journal's folder: names of what is in it are relative to it
   * @param folder another one is shared, for Home Assistant to show what is in it; then the umask decides who may read it
   */
  constructor(
    private readonly journal: string,
    private readonly folder: string,
  ) {
    this.isPrivate = isInside(journal, folder);
  }

  /** Takes away others' permissions of what is there, unless the folder is shared. */
  async open(): Promise<void> {
    if (!this.isPrivate || !existsSync(this.folder)) return;
    makePrivateFolder(this.folder);
    for (const file of await this.files()) makePrivate(file, PRIVATE_FILE);
  }

  /**
   * Keeps the sound of a cry.
   * @throws DeepInfantError `disk-full` before the disk is, so that entries have room; `ffmpeg-missing`, `storage`
   */
  async keep(cry: CryEntry, recorded: RecordedCry): Promise<CrySound> {
    const { samples, fromS } = recorded;
    const base = baseName(cry);
    const [clip, picture] = ['mp3', 'png'].map(type => path.join(this.folder, `${base}.${type}`));
    const sound = { clip: this.nameIn(clip), picture: this.nameIn(picture) };
    try {
      if (this.isPrivate) makePrivateFolder(this.folder);
      else await mkdir(this.folder, { recursive: true });
      await this.checkRoom();
      await encodeMp3(samples, clip);
      if (this.isPrivate) makePrivate(clip, PRIVATE_FILE);
      await writeAtomically(picture, cryPicture(recorded), this.isPrivate ? { mode: PRIVATE_FILE } : {});
      return {
        ...sound,
        from: cry.onset + Math.round(1000 * (fromS - cry.onsetS)),
        durationS: samples.length / SAMPLE_RATE,
        bytes: await sizeOf([clip, picture]),
      };
    } catch (error) {
      await this.remove(sound).catch(() => undefined);
      if (error instanceof DeepInfantError) throw error;
      throw new DeepInfantError(
        'storage',
        `Cannot keep the sound of cries in ${this.folder}: ${messageOf(error)}. Cries are still noted.`,
        { cause: error },
      );
    }
  }

  /** Deletes both files of a cry. */
  async remove(sound: SoundFiles): Promise<void> {
    for (const name of [sound.clip, sound.picture])
      for (const file of placesOf(name, this.journal, this.folder)) await rm(file, { force: true });
  }

  /** Deletes all clips and pictures, also those that no entry names, and the folder if nothing else is in it. */
  async clear(): Promise<void> {
    for (const file of await this.files()) await rm(file, { force: true });
    await rmdir(this.folder).catch(() => undefined);
  }

  /** The names of its files that none of these sounds names. */
  async unknownFiles(sounds: readonly SoundFiles[]): Promise<string[]> {
    const known = new Set(
      sounds.flatMap(({ clip, picture }) => [clip, picture]).map(name => path.basename(name)),
    );
    const files = await this.files();
    return files.map(file => path.basename(file)).filter(name => !known.has(name));
  }

  /**
   * The sound that was kept of a cry, if it is among these files. A clip ends with its cry, or after a minute.
   */
  async find(cry: CryEntry, names: readonly string[]): Promise<CrySound | undefined> {
    const base = baseName(cry);
    if (!names.includes(`${base}.mp3`) || !names.includes(`${base}.png`)) return undefined;
    const [clip, picture] = ['mp3', 'png'].map(type => path.join(this.folder, `${base}.${type}`));
    const durationS = await mp3DurationS(clip);
    const isWhole = durationS < LONGEST_S;
    return {
      clip: this.nameIn(clip),
      picture: this.nameIn(picture),
      from: Math.round(isWhole ? endOf(cry) - 1000 * durationS : cry.onset - 1000 * PRE_ROLL_S),
      durationS,
      bytes: await sizeOf([clip, picture]),
    };
  }

  /** Clips and pictures in it, also unfinished ones. */
  private async files(): Promise<string[]> {
    const names = await readdir(this.folder).catch((): string[] => []);
    return names.filter(name => OUR_NAME.test(name)).map(name => path.join(this.folder, name));
  }

  /** The name of a file as entries have it: what is in the journal's folder stays with it when that is moved. */
  private nameIn(file: string): string {
    return isInside(this.journal, file) ? path.relative(this.journal, file) : path.resolve(file);
  }

  private async checkRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(this.folder);
    if (bavail * bsize >= RESERVE_BYTES) return;
    throw new DeepInfantError(
      'disk-full',
      `The disk of ${this.folder} is almost full. No more sound of cries is kept; cries are noted as long as possible. Free some disk space.`,
    );
  }
}

/**
 * Absolute paths of the files of a cry.
 * @param journal the journal's folder
 * @param folder where its sounds are now: it may have been moved, or reached by another path, since the entry was written
 */
export function soundPaths(sound: SoundFiles, journal: string, folder: string): SoundFiles {
  const [clip, picture] = [sound.clip, sound.picture].map(name => {
    const places = placesOf(name, journal, folder);
    return places.find(place => existsSync(place)) ?? places.at(0) ?? '';
  });
  return { clip, picture };
}

/** Where a file may be that an entry names. None for a name that is not one of ours: entries may come from anywhere. */
function placesOf(name: string, journal: string, folder: string): string[] {
  const base = path.basename(name);
  if (!OUR_NAME.test(base)) return [];
  return [...new Set([path.resolve(journal, name), path.resolve(folder, base)])];
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return !relative.startsWith('..') && !path.isAbsolute(relative);
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(file => stat(file)));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

/**
 * A name that sorts by time and suits every file system, whatever its source is called. The onset in ms is part of it, by
 * which the dashboard card finds it.
 */
function baseName({ id, onset }: CryEntry): string {
  const time = new Date(onset).toISOString().slice(0, 19).replaceAll(':', '-');
  return `${time}Z-${onset}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
}

/** What `baseName` gives, also of files that were not finished. */
const OUR_NAME = /^\d{4}-[\dT-]+Z-\d+-[\da-f]{8}\.(mp3|png)(\.\d+\.tmp)?$/;
