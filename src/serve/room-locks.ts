import { DeepInfantError, messageOf } from '../errors.js';
import { FolderLock } from '../files/folder-lock.js';
import { makePrivateFolder } from '../files/private.js';
import { JOURNAL_LOCK, type JournalLock } from '../journal/entry-file.js';

/** A room whose service died in another container is taken over after two and a half times as long. */
const TOUCH_MS = 2000;

/** Locks on rooms, so that of several services one hears each: the locks of their journals, held as long as they are heard. */
export class RoomLocks {
  /** By the folders of the journals. */
  private readonly locks = new Map<string, FolderLock>();

  /**
   * Takes the lock of a room, unless it is held here.
   * @returns why the room cannot be heard, while another process hears it. Where the lock cannot be had for another reason,
   *   such as a full disk, it is heard all the same: a room that nobody hears is worse than one that is heard twice.
   */
  take(journalFolder: string): string | undefined {
    try {
      if (!this.locks.has(journalFolder)) makePrivateFolder(journalFolder);
      this.lockOf(journalFolder).open();
      return undefined;
    } catch (error) {
      return error instanceof DeepInfantError && error.code === 'locked' ? messageOf(error) : undefined;
    }
  }

  /** The lock for the journal, which does not give it back when it is closed: the room may go on. */
  journalLock(journalFolder: string): JournalLock {
    const lock = this.lockOf(journalFolder);
    return {
      open: () => {
        lock.open();
      },
      close: () => undefined,
    };
  }

  /** Gives back all locks but those of these folders. */
  giveBackOthers(journalFolders: readonly string[]): void {
    for (const [folder, lock] of this.locks) {
      if (journalFolders.includes(folder)) continue;
      lock.close();
      this.locks.delete(folder);
    }
  }

  private lockOf(journalFolder: string): FolderLock {
    const lock =
      this.locks.get(journalFolder) ??
      new FolderLock(journalFolder, JOURNAL_LOCK, 'The room', {
        touchMs: TOUCH_MS,
        advice: 'It is heard here as soon as that one stops.',
      });
    this.locks.set(journalFolder, lock);
    return lock;
  }
}
