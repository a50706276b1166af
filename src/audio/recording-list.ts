import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError } from '../errors.js';
import { pathText, shownPath, systemPath } from '../files/path-text.js';
import { hasSound } from './ffmpeg-decoder.js';
import { fileError } from './file-error.js';
import { decoderFor } from './recording.js';

/** Names that promise sound: where such a file cannot be read, that is an error, and of others it is none. */
const EXTENSIONS = new Set(
  '.3g2 .3ga .3gp .3gpp .aac .ac3 .aif .aifc .aiff .amr .ape .asf .au .avi .caf .flac .flv .m2ts .m4a .m4b .m4v .mka .mkv .mov .mp1 .mp2 .mp3 .mp4 .mpeg .mpg .mpga .mts .oga .ogg .ogv .opus .snd .spx .ts .tta .voc .w64 .wav .wave .weba .webm .wma .wmv .wv'.split(
    ' ',
  ),
);

/** Bytes of a file of an unknown name that are looked at before ffmpeg is asked. */
const SNIFF_BYTES = 4096;
/** First bytes of what is often beside recordings: JPEG, PNG, GIF, PDF, ZIP, gzip, SQLite. */
const NO_SOUND = /^(\xff\xd8\xff|\x89PNG|GIF8|%PDF|PK\x03\x04|\x1f\x8b|SQLite format 3)/;
/** A text holds no control characters but white space and escape. */
const NO_TEXT = /[\x00-\x08\x0e-\x1a\x1c-\x1f]/;

/** Names of skipped files that a message holds. */
const MOST_NAMED = 5;

/** What a folder holds beside recordings. */
export interface Skipped {
  folder: string;
  /** Files that hold no sound, as paths in the folder. */
  others: string[];
  /** Number of files and folders whose names begin with a dot, among them the `._` files of macOS. */
  hidden: number;
}

/** Whom to tell what was not listed. */
export interface ListListener {
  skipped?: (skipped: Skipped) => void;
  /** A folder in a folder that can't be listed; without this, that ends the listing. */
  unlisted?: (folder: string, error: unknown) => void;
}

/**
 * The recordings that `paths` name: files as they are given, folders replaced by the files under them, at any depth, that
 * are named as recordings are or in which sound is found, sorted by path. Links to folders are followed; each folder is
 * gone through once. Hidden files and folders are skipped.
 *
 * @param paths as `pathText` writes them; so are the results
 * @throws DeepInfantError `not-found` for a missing path, `unreadable`, `no-recordings` for a folder without any
 */
export async function listRecordings(paths: string[], listener: ListListener = {}): Promise<string[]> {
  const recordings: string[] = [];
  for (const given of paths) {
    if (await isFolder(given))
      for (const file of await recordingsUnder(given, listener)) recordings.push(file);
    else recordings.push(given);
  }
  return recordings;
}

/** What was skipped, in a sentence for a person. */
export function skippedText({ folder, others, hidden }: Skipped): string {
  const parts = [];
  if (others.length > 0) {
    const named = others.slice(0, MOST_NAMED).join(', ') + (others.length > MOST_NAMED ? ', …' : '');
    parts.push(`${count(others.length, 'file')} without sound (${named})`);
  }
  if (hidden > 0) parts.push(count(hidden, 'hidden file'));
  return shownPath(`Skipped in ${folder}: ${parts.join(' and ')}.`);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

async function recordingsUnder(given: string, { skipped, unlisted }: ListListener): Promise<string[]> {
  const found: string[] = [];
  const others: string[] = [];
  let hidden = 0;
  const seen = new Set<string>();
  // Both grow while they are gone through. A folder that is also there itself is not listed by a link to it.
  const folders = [given];
  const links: string[] = [];
  for (const queue of [folders, links]) {
    for (const folder of queue) {
      try {
        const { dev, ino } = await stat(systemPath(folder), { bigint: true });
        if (seen.has(`${dev}:${ino}`)) continue;
        seen.add(`${dev}:${ino}`);
        for (const entry of await readdir(systemPath(folder), { withFileTypes: true, encoding: 'buffer' })) {
          const name = pathText(entry.name);
          const place = path.join(folder, name);
          if (name.startsWith('.')) hidden++;
          else if (entry.isDirectory()) queue.push(place);
          else if (await isLinkToFolder(entry, place)) links.push(place);
          else if (!(await isDevice(entry, place)) && (await isRecording(place))) found.push(place);
          else others.push(path.relative(given, place));
        }
      } catch (error) {
        if (folder === given || !unlisted) throw fileError(folder, error);
        unlisted(folder, fileError(folder, error));
      }
    }
  }
  const beside = { folder: given, others: others.sort(), hidden };
  const isAnySkipped = others.length + hidden > 0;
  if (found.length === 0)
    throw new DeepInfantError(
      'no-recordings',
      `${shownPath(given)} contains no recordings. Name a folder with WAV, FLAC, MP3 or similar files.${isAnySkipped ? ` ${skippedText(beside)}` : ''}`,
    );
  if (isAnySkipped) skipped?.(beside);
  return found.sort();
}

async function isLinkToFolder(entry: Dirent<Buffer>, place: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false;
  try {
    return (await stat(systemPath(place))).isDirectory();
  } catch {
    return false; // It leads nowhere.
  }
}

/** Whether it is a pipe, a socket or a device, whatever its name. */
async function isDevice(entry: Dirent<Buffer>, place: string): Promise<boolean> {
  if (entry.isFile()) return false;
  try {
    return !(await stat(systemPath(place))).isFile();
  } catch {
    return false; // A link that leads nowhere: that is said where it is read.
  }
}

/** Whether a file is named as a recording is, or holds sound. */
async function isRecording(file: string): Promise<boolean> {
  if (EXTENSIONS.has(path.extname(file).toLowerCase())) return true;
  const head = await headOf(file);
  if (head.length === 0) return false;
  if (decoderFor(head)) return true;
  const text = head.toString('latin1');
  if (NO_SOUND.test(text) || !NO_TEXT.test(text)) return false;
  return hasSound(file);
}

/** Of what is not a file, or cannot be read, nothing. */
async function headOf(file: string): Promise<Buffer> {
  try {
    if (!(await stat(systemPath(file))).isFile()) return Buffer.alloc(0);
    const handle = await open(systemPath(file));
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return Buffer.alloc(0);
  }
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(systemPath(file))).isDirectory();
  } catch (error) {
    throw fileError(file, error);
  }
}
