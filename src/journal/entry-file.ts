import { readFileSync } from 'node:fs';
import { constants, copyFile, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../errors.js';
import { Turns } from '../turns.js';
import { isObject } from '../unknown-data.js';
import { writeAtomically } from '../files/write-atomically.js';
import { checkEntry, type Entry } from './entries.js';

/** The first line of the file. */
const HEADER = { journal: 1 };

/** So many lines beyond twice what is needed, and the file is written anew. */
const SPARE_LINES = 1000;

/** What a file of entries holds. */
export interface ReadEntries {
  entries: Map<string, Entry>;
  /** Number of its lines, and how many of them could not be read. */
  lines: number;
  damaged: number;
  /** Length of its whole lines in bytes: behind it lies what a killed process was writing. */
  length: number;
}

/**
 * Reads a file of entries; another process may be writing it. None where there is no file.
 * @throws DeepInfantError `journal` when a newer program wrote it, `storage` when it cannot be read
 */
export function readEntries(file: string): ReadEntries {
  const entries = new Map<string, Entry>();
  const bytes = bytesOf(file);
  const length = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.toString('utf8', 0, length).split('\n').slice(0, -1);
  let damaged = 0;
  for (const line of lines) {
    try {
      take(JSON.parse(line), entries, file);
    } catch (error) {
      if (error instanceof DeepInfantError && error.code === 'version') throw error;
      damaged++;
    }
  }
  return { entries, lines: lines.length, damaged, length };
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw new DeepInfantError('storage', `The journal ${file} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** Takes what a line says. */
function take(line: unknown, entries: Map<string, Entry>, file: string): void {
  if (isObject(line) && typeof line.journal === 'number') {
    if (line.journal > HEADER.journal) {
      throw new DeepInfantError(
        'version',
        `The journal ${file} is of version ${line.journal}, and this program knows ${HEADER.journal}: update the program.`,
      );
    }
  } else if (isObject(line) && typeof line.removed === 'string') {
    entries.delete(line.removed);
  } else {
    const entry = checkEntry(line);
    entries.set(entry.id, entry);
  }
}

/**
 * Entries by their ids, kept in a file to which a line of JSON is added for each change. What a killed process was
 * writing is a last line without its end, which is overwritten. When a line cannot be written its entry is known all the
 * same, and is written with the next.
 */
export class EntryFile {
  readonly entries: Map<string, Entry>;
  /** Lines that were damaged when it was opened; the file as it was then lies beside it. */
  readonly damaged: number;
  private readonly turns = new Turns();
  /** Lines that are not in the file. */
  private waiting: string[] = [];
  /** A write that has not begun. */
  private next: Promise<void> | undefined;
  private isDamaged: boolean;
  private lines: number;
  private length: number;

  /** @throws DeepInfantError as `readEntries` does */
  constructor(readonly file: string) {
    ({
      entries: this.entries,
      lines: this.lines,
      damaged: this.damaged,
      length: this.length,
    } = readEntries(file));
    this.isDamaged = this.damaged > 0;
  }

  /** Keeps an entry in place of the one with its id; resolves when it is on disk. @throws DeepInfantError `storage` */
  put(entry: Entry): Promise<void> {
    this.entries.set(entry.id, entry);
    this.add(entry);
    return this.write();
  }

  /** Removes entries; resolves when that is on disk. @throws DeepInfantError `storage` */
  remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) if (this.entries.delete(id)) this.add({ removed: id });
    return this.write();
  }

  /** Writes what could not be written before, and a damaged file anew. @throws DeepInfantError `storage` */
  write(): Promise<void> {
    this.next ??= this.turns.take(async () => {
      this.next = undefined;
      if (this.waiting.length === 0 && !this.isDamaged) return;
      try {
        await mkdir(path.dirname(this.file), { recursive: true });
        if (this.isDamaged || this.lines > 2 * this.entries.size + SPARE_LINES) await this.writeAnew();
        else await this.append();
      } catch (error) {
        throw new DeepInfantError(
          'storage',
          `The journal cannot be written to ${this.file}: ${messageOf(error)}. Make room there, or make it writable; until then what is noted is lost when the program ends.`,
          { cause: error },
        );
      }
    });
    return this.next;
  }

  /** Lets go of all entries, and of what waits to be written; comes back when nothing is being written. */
  async clear(): Promise<void> {
    await this.turns.take(() => {
      this.entries.clear();
      this.waiting = [];
      this.lines = 0;
      this.length = 0;
      return Promise.resolve();
    });
  }

  private add(line: object): void {
    this.waiting.push(JSON.stringify(line));
    this.lines++;
  }

  private async append(): Promise<void> {
    const added = this.waiting.length;
    const lines = this.length === 0 ? [JSON.stringify(HEADER), ...this.waiting] : this.waiting;
    const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''));
    const handle = await open(this.file, constants.O_RDWR | constants.O_CREAT);
    try {
      // What a full disk took in part is overwritten by the next try.
      let written = 0;
      while (written < bytes.length)
        written += (await handle.write(bytes, written, bytes.length - written, this.length + written))
          .bytesWritten;
      await handle.truncate(this.length + bytes.length);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    this.length += bytes.length;
    this.waiting.splice(0, added);
  }

  private async writeAnew(): Promise<void> {
    const added = this.waiting.length;
    const lines = [HEADER, ...this.entries.values()].map(line => `${JSON.stringify(line)}\n`);
    const bytes = Buffer.from(lines.join(''));
    if (this.isDamaged) await copyFile(this.file, `${this.file}.damaged`);
    await writeAtomically(this.file, bytes);
    this.isDamaged = false;
    this.lines = lines.length + this.waiting.length - added;
    this.length = bytes.length;
    this.waiting.splice(0, added);
  }
}
