import { DeepInfantError } from '../errors.js';
import { KeptFile, type KeptFileOptions } from './kept-file.js';

/**
 * A kept file that what it belongs to can do without: lights and notifications matter more than their files. All
 * troubles are reported; a file that cannot be opened is left as it is, and nothing is kept in this run.
 */
export class StateFile<T> {
  private readonly file: KeptFile<T>;
  private isOpen = false;

  /** @param report gets each trouble once */
  constructor(
    options: Omit<KeptFileOptions<T>, 'onTrouble'>,
    private readonly report: (error: unknown) => void,
  ) {
    const onTrouble = (trouble: DeepInfantError | undefined): void => {
      if (trouble) report(trouble);
    };
    this.file = new KeptFile({ ...options, onTrouble });
  }

  /** What an earlier run kept; undefined where there is nothing that can be used. */
  open(): T | undefined {
    try {
      const { content, damage } = this.file.open();
      this.isOpen = true;
      if (damage !== undefined) this.report(new DeepInfantError('damaged-file', damage));
      return content;
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  /** Resolves when it is on disk, or has failed. Never rejects. */
  async save(content: () => T): Promise<void> {
    if (this.isOpen) await this.file.save(content);
  }

  /** Deletes it: what it belongs to is gone. Never rejects. */
  async remove(): Promise<void> {
    await this.file.remove().catch(this.report);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
