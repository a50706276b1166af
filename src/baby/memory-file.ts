import { readFileSync, renameSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../errors.js';
import { Turns } from '../turns.js';
import { writeAtomically } from '../files/write-atomically.js';

/** What a memory's file gave when it was opened. */
export interface OpenedMemory<T> {
  /** Undefined where there was none, or none that can be used. */
  memory: T | undefined;
  /** What was damaged, what is used instead and where the damaged file lies now. */
  damage?: string;
}

/**
 * A memory as JSON in a folder of its own: `memory.json`, and the same in `memory.copy.json` in case the first gets
 * damaged. A damaged file is set aside, never overwritten.
 */
export class MemoryFile {
  private readonly files: readonly [string, string];
  private readonly turns = new Turns();
  /** A write that has not begun. */
  private next: Promise<void> | undefined;

  constructor(readonly folder: string) {
    this.files = [path.join(folder, 'memory.json'), path.join(folder, 'memory.copy.json')];
  }

  /** @param check gives the memory that JSON holds, or throws */
  open<T>(check: (json: unknown) => T): OpenedMemory<T> {
    const damages: string[] = [];
    for (const file of this.files) {
      try {
        const memory = check(JSON.parse(readFileSync(file, 'utf8')));
        return damages.length === 0
          ? { memory }
          : { memory, damage: `${damages.join(' ')} Its copy is used.` };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        damages.push(`${file} is damaged: ${messageOf(error)} ${setAside(file)}`);
      }
    }
    if (damages.length === 0) return { memory: undefined };
    return { memory: undefined, damage: `${damages.join(' ')} It begins anew.` };
  }

  /**
   * Writes what `content` gives when its turn comes; resolves when that is on disk. Calls that come while one is being
   * written share the next write.
   * @throws DeepInfantError `storage` when the disk is full, read-only or gone
   */
  save(content: () => unknown): Promise<void> {
    this.next ??= this.inTurn(async () => {
      this.next = undefined;
      const text = JSON.stringify(content());
      await mkdir(this.folder, { recursive: true });
      for (const file of this.files) await writeAtomically(file, text);
    });
    return this.next;
  }

  /** Deletes all, also what was set aside. @throws DeepInfantError `storage` */
  remove(): Promise<void> {
    return this.inTurn(() => rm(this.folder, { recursive: true, force: true }));
  }

  /** Resolves when all writes so far have ended, well or badly. */
  settle(): Promise<void> {
    return this.turns.take(() => Promise.resolve());
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    return this.turns.take(work).catch((error: unknown) => {
      throw new DeepInfantError(
        'storage',
        `What is known of the baby cannot be kept in ${this.folder}: ${messageOf(error)}. Make room there, or make it writable; until then it is lost when Node-RED ends.`,
        { cause: error },
      );
    });
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
