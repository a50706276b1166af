import { guard } from '../guard.js';
import type { CryEvent } from '../values.js';

/** A cry without an event for so long is over: its detector was stopped, or its source is gone. */
const SILENT_MS = 60_000;

/** The cries that are going on, of any number of sources. */
export class RunningCries<Cry extends Pick<CryEvent, 'id' | 'state'> = CryEvent> {
  private readonly cries = new Map<string, { event: Cry; expiry: NodeJS.Timeout }>();

  /** @param lost is called for a cry that is given up, since its end never came */
  constructor(private readonly lost: (event: Cry) => void) {}

  push(event: Cry): void {
    clearTimeout(this.cries.get(event.id)?.expiry);
    // The newest event is the last entry.
    this.cries.delete(event.id);
    if (event.state === 'ended') return;
    const expiry = setTimeout(
      guard(() => {
        this.cries.delete(event.id);
        this.lost(event);
      }),
      SILENT_MS,
    );
    this.cries.set(event.id, { event, expiry });
  }

  /** Whether the cry of an id goes on. */
  has(id: string): boolean {
    return this.cries.has(id);
  }

  /** All of them, the one with the newest event last. */
  get all(): readonly Cry[] {
    return [...this.cries.values()].map(({ event }) => event);
  }

  /** The one with the newest event. */
  get newest(): Cry | undefined {
    return this.all.at(-1);
  }

  /** Drops all of them; none is given up. */
  clear(): void {
    for (const { expiry } of this.cries.values()) clearTimeout(expiry);
    this.cries.clear();
  }
}
