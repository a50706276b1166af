import { EventEmitter, once } from 'node:events';

/** What a sender sent and its receivers still work on: a sender that is faster than they are waits for them. */
export class Backlog {
  private readonly changes = new EventEmitter();
  private count = 0;

  /** A receiver works on something until `work` settles, however it does. */
  add(work: Promise<unknown>): void {
    this.count++;
    const done = (): void => {
      if (--this.count === 0) this.changes.emit('empty');
    };
    work.then(done, done);
  }

  /** Resolves when all work is done; at once if there is none. @throws AbortError */
  async whenEmpty(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.count > 0) await once(this.changes, 'empty', { signal });
  }
}
