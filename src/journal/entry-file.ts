import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { appendFile, constants, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { DeepInfantError, messageOf } from '../errors.js';
import { FolderLock } from '../files/folder-lock.js';
import { makePrivate, makePrivateFolder, PRIVATE_FILE } from '../files/private.js';
import { removeUnfinished, writeAtomically } from '../files/write-atomically.js';
import { Turns } from '../turns.js';
import { isObject } from '../unknown-data.js';
import { checkEntry, type Entry } from './entries.js';

/** The first line of the file. Version 1 had no checksums. */
const HEADER = { journal: 2 };

/** The file is rewritten when it has so many lines beyond twice what is needed. */
const SPARE_LINES = 1000;

const NEWLINE = 0x0a;

/** A line is JSON whose first field is the checksum (CRC-32, in hexadecimal) of the same JSON without it. */
const CHECKSUM = /^\{"crc":"([\da-f]{8})",/;

/** What a file of entries holds. */
export interface ReadEntries {
  entries: Map<string, Entry>;
  /** Number of its lines. */
  lines: number;
  /** Lines that cannot be read, or whose checksum is wrong. */
  damaged: Buffer[];
  /** Length of its whole lines in bytes: behind them is what a killed process was writing. */
  length: number;
  /** Which file it is on the disk, and its size in bytes; undefined where there is none. */
  identity?: FileIdentity;
  /** Whether an older version wrote it, without checksums. */
  isOld: boolean;
}

interface FileIdentity {
  inode: number;
  device: number;
  size: number;
}

/**
 * Reads a file of entries; another process may be writing it. Empty where there is no file.
 * @throws DeepInfantError `version` when a newer program wrote it, `storage` when it cannot be read
 */
export function readEntries(file: string): ReadEntries {
  const { bytes, identity } = readFile(file);
  const lines = linesOf(bytes);
  const isOld = lines.length > 0 && !lines.some(line => CHECKSUM.test(line.toString('latin1', 0, 18)));
  const entries = new Map<string, Entry>();
  const damaged = lines.filter(line => {
    try {
      apply(contentOf(line.toString(), isOld), entries, file);
      return false;
    } catch (error) {
      if (error instanceof DeepInfantError && error.code === 'version') throw error;
      return true;
    }
  });
  return {
    entries,
    lines: lines.length,
    damaged,
    length: bytes.lastIndexOf(NEWLINE) + 1,
    isOld,
    ...(identity && { identity }),
  };
}

function readFile(file: string): { bytes: Buffer; identity?: FileIdentity } {
  try {
    const handle = openSync(file, 'r');
    try {
      const { ino: inode, dev: device } = fstatSync(handle);
      const bytes = readFileSync(handle);
      return { bytes, identity: { inode, device, size: bytes.length } };
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { bytes: Buffer.alloc(0) };
    throw new DeepInfantError('storage', `The journal ${file} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** Whole lines without their ends. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, begin)) {
    lines.push(bytes.subarray(begin, end));
    begin = end + 1;
  }
  return lines;
}

function lineOf(content: object): string {
  const json = JSON.stringify(content);
  return `{"crc":"${checksumOf(json)}",${json.slice(1)}\n`;
}

/** @throws for a line that is damaged */
function contentOf(line: string, isOld: boolean): unknown {
  if (isOld) return JSON.parse(line);
  const [start, checksum] = CHECKSUM.exec(line) ?? [];
  if (start === undefined) {
    const header: unknown = JSON.parse(line);
    // A newer version may write its lines in another way.
    if (isObject(header) && Number(header.journal) > HEADER.journal) return header;
    throw new Error('The checksum is missing.');
  }
  const json = `{${line.slice(start.length)}`;
  if (checksumOf(json) !== checksum) throw new Error('The checksum is wrong.');
  return JSON.parse(json);
}

function checksumOf(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

/** Does to the entries what a line says. */
function apply(content: unknown, entries: Map<string, Entry>, file: string): void {
  if (isObject(content) && typeof content.journal === 'number') {
    if (content.journal > HEADER.journal) {
      throw new DeepInfantError(
        'version',
        `The journal ${file} has version ${content.journal}, but this program only reads versions up to ${HEADER.journal}: update DeepInfant.`,
      );
    }
  } else if (isObject(content) && typeof content.removed === 'string') {
    entries.delete(content.removed);
  } else {
    const entry = checkEntry(content);
    entries.set(entry.id, entry);
  }
}

/** The name of the lock in a journal's folder. */
export const JOURNAL_LOCK = 'journal.lock';

/** What keeps other processes from writing to a journal. */
export type JournalLock = Pick<FolderLock, 'open' | 'close'>;

/** What is reported of a file of entries. */
export interface EntryFileListener {
  /** Lines were damaged: how many so far, and where they were set aside. */
  damaged(lines: number, asideFile: string): void;
  /** Another program deleted or replaced the file, or wrote to it. */
  replaced(how: 'deleted' | 'changed'): void;
}

/**
 * Entries by their ids, kept in a file that grows by a line for each change. A last line without its end is what a killed
 * process was writing, and is cut off. Damaged lines are set aside in a file beside it. When a line cannot be written, its
 * entry is kept in memory and written with the next one.
 *
 * Only one process writes: it locks the folder. If the file is deleted, restored from a backup or written by another
 * program all the same, nothing is lost: what is in memory and what is in the file now are written together.
 */
export class EntryFile {
  readonly entries = new Map<string, Entry>();
  private readonly turns = new Turns();
  /** Changes that are not in the file yet. */
  private waiting: { line: string; removed?: string }[] = [];
  /** A write that has not begun. */
  private next: Promise<void> | undefined;
  /** Lines that are to be set aside, and how many there were. */
  private damaged: Buffer[] = [];
  private damagedLines = 0;
  private mustRewrite = false;
  private lines = 0;
  /** Length of the whole lines in bytes. */
  private length = 0;
  private identity: FileIdentity | undefined;

  constructor(
    readonly file: string,
    private readonly listener: EntryFileListener = { damaged: () => undefined, replaced: () => undefined },
    private readonly lock: JournalLock = new FolderLock(path.dirname(file), JOURNAL_LOCK, 'The journal'),
  ) {}

  /**
   * Locks the folder and reads the file.
   * @throws DeepInfantError as `readEntries` does, and `locked` while another process writes there
   */
  open(): void {
    try {
      this.prepareFolder();
    } catch (error) {
      if (error instanceof DeepInfantError) throw error;
      // A full or write-protected disk can still be read; writing will report it.
    }
    try {
      removeUnfinished(this.file);
      makePrivate(this.file, PRIVATE_FILE);
      this.take(readEntries(this.file));
    } catch (error) {
      this.lock.close();
      throw error;
    }
  }

  /** Writes what can be written, and unlocks the folder. @throws DeepInfantError `storage` */
  async close(): Promise<void> {
    try {
      await this.write();
    } finally {
      this.lock.close();
    }
  }

  /**
   * Keeps an entry in place of the one with its id; resolves when it is on disk.
   * @throws DeepInfantError `invalid`; `storage`
   */
  async put(entry: Entry): Promise<void> {
    const checked = checkEntry(entry);
    this.entries.set(checked.id, checked);
    this.add({ line: lineOf(checked) });
    await this.write();
  }

  /** Removes entries; resolves when that is on disk. @throws DeepInfantError `storage` */
  remove(ids: readonly string[]): Promise<void> {
    for (const id of ids)
      if (this.entries.delete(id)) this.add({ line: lineOf({ removed: id }), removed: id });
    return this.write();
  }

  /** Writes what could not be written before, and rewrites a damaged or old file. @throws DeepInfantError `storage` */
  write(): Promise<void> {
    this.next ??= this.turns.take(async () => {
      this.next = undefined;
      if (this.waiting.length === 0 && !this.mustRewrite) return;
      try {
        this.prepareFolder();
        await this.noticeOthers();
        if (this.mustRewrite || this.lines > 2 * this.entries.size + SPARE_LINES) await this.rewrite();
        else await this.append();
      } catch (error) {
        throw new DeepInfantError(
          'storage',
          `Cannot write the journal to ${this.file}: ${messageOf(error)}. Free some disk space or make the folder writable; until then, new entries are lost when the program ends.`,
          { cause: error },
        );
      }
    });
    return this.next;
  }

  /** Forgets all entries and what waits to be written, and unlocks the folder; resolves when nothing is being written. */
  async clear(): Promise<void> {
    await this.turns.take(() => {
      this.entries.clear();
      this.waiting = [];
      this.damaged = [];
      this.mustRewrite = false;
      this.lines = 0;
      this.length = 0;
      this.identity = undefined;
      this.lock.close();
      return Promise.resolve();
    });
  }

  /** After `clear`, or where it could not be done before, the folder is made and locked by the next write. */
  private prepareFolder(): void {
    makePrivateFolder(path.dirname(this.file));
    this.lock.open();
  }

  private add(change: EntryFile['waiting'][number]): void {
    this.waiting.push(change);
    this.lines++;
  }

  /** Takes what is in the file; entries in memory are newer. */
  private take({ entries, lines, damaged, length, identity, isOld }: ReadEntries): void {
    const removed = new Set(this.waiting.map(change => change.removed));
    for (const [id, entry] of entries)
      if (!this.entries.has(id) && !removed.has(id)) this.entries.set(id, entry);
    this.lines = lines + this.waiting.length;
    this.length = length;
    this.identity = identity;
    this.damaged.push(...damaged);
    this.mustRewrite ||= isOld || damaged.length > 0;
    if (damaged.length === 0) return;
    this.damagedLines += damaged.length;
    this.listener.damaged(this.damagedLines, this.asideFile);
  }

  /** Where damaged lines are set aside. */
  private get asideFile(): string {
    return `${this.file}.damaged`;
  }

  /** Nobody else is to write there; whoever does all the same must not make entries be lost. */
  private async noticeOthers(): Promise<void> {
    const found = await identityOf(this.file);
    const { identity } = this;
    if (!found && !identity) return;
    if (found && identity && isSame(found, identity)) return;
    this.mustRewrite = true;
    if (found) this.take(readEntries(this.file));
    this.listener.replaced(found ? 'changed' : 'deleted');
  }

  private async append(): Promise<void> {
    const added = this.waiting.length;
    const header = this.length === 0 ? lineOf(HEADER) : '';
    const bytes = Buffer.from(header + this.waiting.map(({ line }) => line).join(''));
    const handle = await open(
      this.file,
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT,
      PRIVATE_FILE,
    );
    try {
      const { ino: inode, dev: device, size } = await handle.stat();
      // What a killed process was writing, or a full disk took in part.
      if (size > this.length) await handle.truncate(this.length);
      this.identity = { inode, device, size: this.length };
      try {
        await handle.writeFile(bytes);
        await handle.datasync();
      } catch (error) {
        await handle.truncate(this.length);
        throw error;
      }
    } finally {
      await handle.close();
    }
    this.length += bytes.length;
    this.identity.size = this.length;
    this.waiting.splice(0, added);
  }

  private async rewrite(): Promise<void> {
    const added = this.waiting.length;
    const lines = [HEADER, ...this.entries.values()].map(lineOf);
    const bytes = Buffer.from(lines.join(''));
    if (this.damaged.length > 0) {
      const aside = Buffer.concat(this.damaged.flatMap(line => [line, Buffer.of(NEWLINE)]));
      await appendFile(this.asideFile, aside, { mode: PRIVATE_FILE, flush: true });
      this.damaged = [];
    }
    await writeAtomically(this.file, bytes, { mode: PRIVATE_FILE });
    this.mustRewrite = false;
    this.lines = lines.length + this.waiting.length - added;
    this.length = bytes.length;
    this.identity = await identityOf(this.file);
    this.waiting.splice(0, added);
  }
}

async function identityOf(file: string): Promise<FileIdentity | undefined> {
  try {
    const { ino: inode, dev: device, size } = await stat(file);
    return { inode, device, size };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isSame(a: FileIdentity, b: FileIdentity): boolean {
  return a.inode === b.inode && a.device === b.device && a.size === b.size;
}
