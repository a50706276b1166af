import { readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { guard } from '../guard.js';
import { DeepInfantError } from '../errors.js';
import { isObject } from '../unknown-data.js';
import { PRIVATE_FILE } from './private.js';

/** A lock is touched so often, unless its holder says how often. */
const TOUCH_MS = 60_000;
/** A lock whose holder cannot be looked at, since it runs in another container or on another machine, lasts so many touches. */
const LASTS_TOUCHES = 2.5;
const ADVICE = 'Only one may write there: stop the other one, or give each its own folder.';

/** Who holds a lock. */
interface Holder {
  host: string;
  /** Ids of the system's start and of the space of process ids, and when the process started; only Linux has them. */
  boot?: string;
  processes?: string;
  startedAt?: string;
  pid: number;
  /** How often it touches the lock, if not every minute. */
  touchMs?: number;
}

export interface FolderLockOptions {
  /** The lock is touched so often; a holder that cannot be looked at is dead after two and a half times as long. */
  touchMs?: number;
  /** What a person should do where it is in use. */
  advice?: string;
}

/**
 * A lock on a folder, so that only one process writes there: a file with who holds it. A holder that was killed holds it no
 * longer, also when the machine restarted or its process id was given to another process.
 */
export class FolderLock {
  private readonly file: string;
  /** What the lock's file says while it is ours. */
  private text: string | undefined;
  private touching: NodeJS.Timeout | undefined;
  /** The time of another's lock, and since when it has been seen, in ms of this process's own clock. */
  private seen = { mtimeMs: NaN, sinceMs: 0 };

  /** @param name of the lock's file @param what the folder holds, to begin a sentence: 'The journal' */
  constructor(
    private readonly folder: string,
    name: string,
    private readonly what: string,
    private readonly options: FolderLockOptions = {},
  ) {
    this.file = path.join(folder, name);
  }

  /**
   * Takes the lock, also again after its file was deleted; does nothing while it holds it.
   * @throws DeepInfantError `locked` while someone else holds it; errors of the file system as they are
   */
  open(): void {
    if (this.text !== undefined && readLock(this.file) === this.text) return;
    this.text = undefined;
    const { touchMs } = this.options;
    const text = JSON.stringify({ ...holderHere(), touchMs });
    if (!this.create(text)) {
      this.takeFromDead();
      if (!this.create(text)) throw this.lockedError();
    }
    this.text = text;
    clearInterval(this.touching);
    this.touching = setInterval(
      guard(() => {
        this.touch();
      }),
      touchMs ?? TOUCH_MS,
    ).unref();
  }

  /** Gives the lock back; does nothing where it does not hold it. */
  close(): void {
    clearInterval(this.touching);
    if (this.text !== undefined && readLock(this.file) === this.text) rmSync(this.file, { force: true });
    this.text = undefined;
  }

  private create(text: string): boolean {
    try {
      writeFileSync(this.file, text, { flag: 'wx', mode: PRIVATE_FILE });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      // A full disk may have taken the name and not the text.
      rmSync(this.file, { force: true });
      throw error;
    }
  }

  /** Moves a dead holder's lock away. @throws DeepInfantError `locked` while its holder is alive */
  private takeFromDead(): void {
    const text = readLock(this.file);
    if (text === undefined) return;
    if (this.isHeld(holderIn(text))) throw this.lockedError(holderIn(text));
    const aside = `${this.file}.${process.pid}.old`;
    // Meanwhile another process may have done the same.
    if (!isMoved(this.file, aside)) return;
    const isSame = readLock(aside) === text;
    if (isSame) rmSync(aside, { force: true });
    else renameSync(aside, this.file);
    if (!isSame) throw this.lockedError();
  }

  private touch(): void {
    const now = new Date();
    try {
      utimesSync(this.file, now, now);
    } catch {
      // The folder is gone, or cannot be written: whoever writes there will say so.
    }
  }

  private lockedError(holder?: Holder): DeepInfantError {
    const here = holderHere();
    const isHere = holder && holder.pid === here.pid && holder.startedAt === here.startedAt;
    const who = isHere
      ? 'this process'
      : holder
        ? `process ${holder.pid} on ${holder.host}`
        : 'another process';
    return new DeepInfantError(
      'locked',
      `${this.what} in ${this.folder} is in use by ${who}. ${this.options.advice ?? ADVICE}`,
    );
  }

  private isHeld(holder: Holder | undefined): boolean {
    if (!holder) return this.isFresh(holder);
    const here = holderHere();
    if (holder.host === here.host && holder.boot !== here.boot) return false;
    const canSee = holder.host === here.host && holder.processes === here.processes;
    if (!canSee) return this.isFresh(holder);
    if (here.startedAt !== undefined) return startOf(holder.pid) === holder.startedAt;
    return isRunning(holder.pid) && this.isFresh(holder);
  }

  /** Also a clock that was set back by hours makes a lock old. */
  private isFresh(holder: Holder | undefined): boolean {
    const mtimeMs = statSync(this.file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Math.abs(Date.now() - mtimeMs) >= LASTS_TOUCHES * TOUCH_MS) return false;
    // Two machines' clocks differ by seconds: whether the holder still touches it, this process has to see for itself.
    const nowMs = performance.now();
    if (this.seen.mtimeMs !== mtimeMs) this.seen = { mtimeMs, sinceMs: nowMs };
    // A power cut may have left nothing of it: then its holder was one such as this.
    const { touchMs = TOUCH_MS } = holder ?? this.options;
    return nowMs - this.seen.sinceMs < LASTS_TOUCHES * touchMs;
  }
}

/** @returns whether there was one to be moved */
function isMoved(file: string, to: string): boolean {
  try {
    renameSync(file, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function holderHere(): Holder {
  return {
    host: os.hostname(),
    boot: readText('/proc/sys/kernel/random/boot_id'),
    processes: linkTarget('/proc/self/ns/pid'),
    startedAt: startOf(process.pid),
    pid: process.pid,
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a running process started, in ticks since the system did; undefined where it does not run or that is unknown. */
function startOf(pid: number): string | undefined {
  // The name of the program, in brackets, may hold anything.
  const [state, ...fields] = readText(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ') ?? [];
  // proc(5): state is the third field, starttime the 22nd.
  return state === 'Z' ? undefined : fields.at(18);
}

function readLock(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whom a lock names; undefined where it names nobody, as after a power cut. */
function holderIn(text: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(text);
    return isObject(holder) && Number.isSafeInteger(holder.pid) && typeof holder.host === 'string'
      ? (holder as unknown as Holder)
      : undefined;
  } catch {
    return undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function linkTarget(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
