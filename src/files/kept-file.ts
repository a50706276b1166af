import { createHash } from 'node:crypto';
import { readFileSync, renameSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeepInfantError, messageOf } from '../errors.js';
import { guard } from '../guard.js';
import { Turns } from '../turns.js';
import { isObject } from '../unknown-data.js';
import { FolderLock } from './folder-lock.js';
import { makePrivate, makePrivateFolder, PRIVATE_FILE } from './private.js';
import { capital } from '../texts/capital.js';
import { removeUnfinished, writeAtomically } from './write-atomically.js';

/** Wait before a failed write is tried again, in ms. */
const RETRY_MS = 10_000;
/** Another process writes for milliseconds: its lock is tried again so often, after so many ms each time. */
const LOCK_TRIES = 100;
const LOCK_RETRY_MS = 20;

/** No such file, or a file where its folder should be. */
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR']);

export interface KeptFileOptions<T> {
  /** Absolute path of the JSON file. Its folder is made when needed, and made private. */
  path: string;
  /** What the file holds, to finish sentences: 'notifications', 'the memory of the baby'. */
  what: string;
  /** Version of the content that is written, 1 or more. */
  version: number;
  /**
   * Gives the content that JSON holds, migrated from an older version. Version 0 is a file without an envelope, as
   * DeepInfant 0.1 wrote it. Runs after reading and before writing. @throws when the content is invalid
   */
  check: (json: unknown, version: number) => T;
  /** Keep a second copy beside the file, which is read when the first is damaged. */
  hasCopy?: boolean;
  /**
   * Gets what another process wrote since this one read or wrote the file, before `save` asks for the content that is to
   * be written in its place; and what this one read or wrote last, from which both began. Without it the last writer wins.
   */
  join?: (other: T, before: T | undefined) => void;
  /** Gets the error when a write fails, and undefined once everything is on disk again. */
  onTrouble: (trouble: DeepInfantError | undefined) => void;
}

export interface OpenedFile<T> {
  /** Undefined when there was no file, or none that can be used. */
  content: T | undefined;
  /** What was damaged, where the damaged file is now, and what is used instead. */
  damage?: string;
}

/** What is on disk. */
interface Envelope {
  version: number;
  /** SHA-256 of the content's JSON, to notice a changed digit. */
  sha256: string;
  content: unknown;
}

/**
 * A JSON file that outlives the process: versioned, checked after reading and before writing, written atomically, and
 * private to the user who runs Node-RED. A damaged file is set aside, never overwritten. When a write fails, the content
 * stays in memory and is written as soon as it can be.
 */
export class KeptFile<T> {
  private readonly turns = new Turns();
  /** A write that has not begun. */
  private next: Promise<void> | undefined;
  private content: (() => T) | undefined;
  private trouble: DeepInfantError | undefined;
  private retry: NodeJS.Timeout | undefined;
  /** Held during a write, where others' content is joined. */
  private readonly lock: FolderLock | undefined;
  /** Which file this process read or wrote last; undefined where there was none. */
  private identity: string | undefined;
  /** What that held, where others' content is joined. */
  private before: T | undefined;

  constructor(private readonly options: KeptFileOptions<T>) {
    const { path: file, what, join } = options;
    const subject = capital(what);
    if (join) this.lock = new FolderLock(path.dirname(file), `${path.basename(file)}.lock`, subject);
  }

  /** @throws DeepInfantError `newer-file` when a newer version wrote it; the file stays as it is */
  open(): OpenedFile<T> {
    const damages: string[] = [];
    this.identity = identityOf(this.options.path);
    for (const file of this.files) {
      removeUnfinished(file);
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
        makePrivate(file, PRIVATE_FILE);
      } catch (error) {
        if (NOT_THERE.has((error as NodeJS.ErrnoException).code ?? '')) continue;
        throw this.unreadable(file, error);
      }
      try {
        const content = this.parse(text, file);
        if (this.options.join) this.before = content;
        if (damages.length === 0) return { content };
        return { content, damage: `${damages.join(' ')} Its copy is used instead.` };
      } catch (error) {
        if (error instanceof DeepInfantError && error.code === 'newer-file') throw error;
        damages.push(`${file} is damaged: ${messageOf(error)} ${setAside(file)}`);
      }
    }
    if (damages.length === 0) return { content: undefined };
    return { content: undefined, damage: `${damages.join(' ')} It starts empty.` };
  }

  /**
   * Writes what `content` gives when its turn comes, and resolves when that is on disk or has failed; `onTrouble` tells.
   * Calls made while another write is waiting share it. Never rejects.
   */
  save(content: () => T): Promise<void> {
    this.content = content;
    this.next ??= this.turns.take(async () => {
      this.next = undefined;
      await this.write();
    });
    return this.next;
  }

  /** Tries once more to write what is not on disk yet, and ends the retries. */
  async close(): Promise<void> {
    await this.turns.take(async () => {
      if (this.trouble) await this.write();
    });
    clearTimeout(this.retry);
  }

  /** Deletes the file and its copy. @throws DeepInfantError `storage` */
  remove(): Promise<void> {
    return this.turns.take(async () => {
      try {
        for (const file of this.files) await rm(file, { force: true });
        this.content = undefined;
        this.identity = undefined;
        this.before = undefined;
        this.setTrouble(undefined);
      } catch (error) {
        throw this.storageError(error);
      }
    });
  }

  private get files(): string[] {
    const { path: file, hasCopy = false } = this.options;
    return hasCopy ? [file, file.replace(/\.json$/, '.copy.json')] : [file];
  }

  private async write(): Promise<void> {
    if (this.content === undefined) return;
    const { path: file } = this.options;
    try {
      makePrivateFolder(path.dirname(file));
      await this.takeLock();
      try {
        this.joinOthers();
        const content = this.content();
        const text = this.textOf(content);
        for (const each of this.files) await writeAtomically(each, text, { mode: PRIVATE_FILE });
        this.identity = identityOf(file);
        if (this.options.join) this.before = content;
      } finally {
        this.lock?.close();
      }
      this.setTrouble(undefined);
    } catch (error) {
      this.setTrouble(this.storageError(error));
    }
  }

  private async takeLock(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        this.lock?.open();
        return;
      } catch (error) {
        const isLocked = error instanceof DeepInfantError && error.code === 'locked';
        if (!isLocked || tries === LOCK_TRIES) throw error;
        await sleep(LOCK_RETRY_MS);
      }
    }
  }

  /** @throws DeepInfantError `newer-file`; errors of the file system as they are */
  private joinOthers(): void {
    const { join, path: file } = this.options;
    const found = identityOf(file);
    if (join === undefined || found === undefined || found === this.identity) return;
    const text = readFileSync(file, 'utf8');
    let other: T;
    try {
      other = this.parse(text, file);
    } catch (error) {
      if (error instanceof DeepInfantError && error.code === 'newer-file') throw error;
      setAside(file);
      return;
    }
    join(other, this.before);
  }

  /** @throws what `check` throws */
  private textOf(content: T): string {
    const { check, version } = this.options;
    const json = JSON.stringify(content);
    check(JSON.parse(json), version);
    return `{"version":${version},"sha256":"${sha256(json)}","content":${json}}`;
  }

  private setTrouble(trouble: DeepInfantError | undefined): void {
    clearTimeout(this.retry);
    if (trouble)
      this.retry = setTimeout(
        guard(() => this.turns.take(() => this.write())),
        RETRY_MS,
      ).unref();
    const isNews = trouble?.message !== this.trouble?.message;
    this.trouble = trouble;
    if (isNews) guard(this.options.onTrouble)(trouble);
  }

  private parse(text: string, file: string): T {
    const json: unknown = JSON.parse(text);
    const { check, version, what } = this.options;
    if (!isEnvelope(json)) return check(json, 0);
    if (json.version > version)
      throw new DeepInfantError(
        'newer-file',
        `${file} was written by a newer version of DeepInfant. Update DeepInfant, or move the file away to start without ${what}.`,
      );
    if (json.sha256 !== sha256(JSON.stringify(json.content))) throw new Error('its checksum does not match.');
    return check(json.content, json.version);
  }

  private unreadable(file: string, error: unknown): DeepInfantError {
    return new DeepInfantError(
      'storage',
      `Cannot read ${file}: ${messageOf(error)}. Make it readable for the user who runs DeepInfant.`,
      { cause: error },
    );
  }

  private storageError(error: unknown): DeepInfantError {
    const { path: file, what } = this.options;
    return new DeepInfantError(
      'storage',
      `Cannot save ${what} in ${file}: ${messageOf(error)}. Free some disk space or make the folder writable; until then it is lost when the process ends.`,
      { cause: error },
    );
  }
}

function isEnvelope(json: unknown): json is Envelope {
  return (
    isObject(json) && typeof json.version === 'number' && typeof json.sha256 === 'string' && 'content' in json
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Tells a file from the one that was there before it; undefined where there is none. */
function identityOf(file: string): string | undefined {
  try {
    const { ino, mtimeMs, size } = statSync(file);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return undefined;
  }
}

/** Moves a file out of the way, and says where it is. */
function setAside(file: string): string {
  const aside = `${file}.${Date.now()}.damaged`;
  try {
    renameSync(file, aside);
    return `It is kept as ${aside}.`;
  } catch (error) {
    return `It cannot be set aside: ${messageOf(error)}.`;
  }
}
