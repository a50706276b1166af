import * as v from 'valibot';
import { check } from '../check.js';
import { endedCry, KEPT_CRY, type KeptCry, keptCry } from '../door/kept-cry.js';
import { StateFile } from '../files/state-file.js';
import type { CryEvent } from '../values.js';

/** More cries than go on at once. */
const MOST_CRIES = 100;

const CRIES = v.array(KEPT_CRY);

/**
 * The cries that were reported as started and not yet as ended, on disk: a process that is killed, or stopped when its
 * listeners are, reports their ends at its next start. Otherwise those who wait for an end would wait for ever.
 */
export class UnfinishedCries {
  private readonly cries = new Map<string, KeptCry>();
  private readonly file: StateFile<KeptCry[]>;

  /** @param report gets what goes wrong with the file */
  constructor(path: string, report: (error: unknown) => void) {
    this.file = new StateFile(
      { path, what: 'cries in progress', version: 1, check: json => check(CRIES, json, 'cries in progress') },
      report,
    );
  }

  /** The ends of the cries that an earlier run left; each is told once. */
  open(): CryEvent[] {
    const left = this.file.open() ?? [];
    if (left.length > 0) void this.save();
    return left.map(endedCry);
  }

  /** Takes an event that is reported. */
  push(event: CryEvent): void {
    if (event.state === 'ended') this.cries.delete(event.id);
    else this.cries.set(event.id, keptCry(event));
    void this.save();
  }

  /** Takes the end of a cry that nobody would hear now: the next start reports it. */
  postpone(event: CryEvent): void {
    this.cries.set(event.id, keptCry(event));
    void this.save();
  }

  /** Resolves when everything is on disk, or has failed. */
  async close(): Promise<void> {
    await this.save();
    await this.file.close();
  }

  private save(): Promise<void> {
    return this.file.save(() => [...this.cries.values()].slice(-MOST_CRIES));
  }
}
