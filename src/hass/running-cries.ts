import { guard } from '../guard.js';
import type { CryEvent } from '../values.js';

/** A cry without an event for so long is over: its detector was stopped, or its source is gone. */
const SILENT_MS = 60_000;
/** More than all babies of a home cry at a time; the one whose last event is oldest is given up. */
const MOST_CRIES = 50;

/** The cries that are going on, of any number of sources. */
export class RunningCries<Cry extends Pick<CryEvent, 'id' | 'state'> = CryEvent> {
  private readonly cries = new Map<string, { event: Cry; giveUp: () => void; expiry: NodeJS.Timeout }>();

  /** @param lost is called for a cry that is given up, since its end never came */
  constructor(private readonly lost: (event: Cry) => void) {}

  push(event: Cry): void {
    clearTimeout(this.cries.get(event.id)?.expiry);
    // The newest event is the last entry.
    this.cries.delete(event.id);
    if (event.state === 'ended') return;
    const giveUp = guard(() => {
      this.cries.delete(event.id);
      this.lost(event);
    });
    this.cries.set(event.id, { event, giveUp, expiry: setTimeout(giveUp, SILENT_MS) });
    if (this.cries.size <= MOST_CRIES) return;
    const [oldest] = this.cries.values();
    clearTimeout(oldest.expiry);
    oldest.giveUp();
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
