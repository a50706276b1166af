import type { Hass } from './hass.js';
import type { Change } from './timeline.js';

/** What `history/stream` tells: what was, and from then on what comes. */
interface HistoryMessage {
  states: Record<string, Change[] | undefined>;
}

/** Home Assistant may have no history yet, as while it starts: it is asked again after this time. */
const AGAIN_MS = 10_000;

/** Follows what Home Assistant's recorder knows of entities since a moment. */
export class History {
  /** `missing`: Home Assistant keeps none. */
  state: 'loading' | 'missing' | 'here' = 'loading';
  private readonly changes = new Map<string, Change[]>();
  private followed = '';
  /** When to ask Home Assistant, epoch ms; infinite while it tells. */
  private askAt = 0;
  private end = (): void => undefined;

  /** @param changed is called when there is something new */
  constructor(private readonly changed: () => void) {}

  /** The changes of an entity, oldest first. */
  of(id: string | undefined): readonly Change[] {
    return this.changes.get(id ?? '') ?? [];
  }

  /** Follows these entities, and no others, from then on. To be called again and again. @param since epoch ms */
  follow(hass: Hass, ids: readonly string[], since: number): void {
    const followed = [...ids, since].join(' ');
    if (followed !== this.followed) {
      this.stop();
      this.followed = followed;
      this.changes.clear();
      this.state = 'loading';
    }
    if (!hass.connected) this.stop();
    else if (ids.length > 0 && Date.now() >= this.askAt) this.ask(hass, ids, since);
  }

  /** Follows nothing, until it is told again what to follow. */
  stop(): void {
    this.end();
    this.askAt = 0;
  }

  private ask(hass: Hass, ids: readonly string[], since: number): void {
    this.end();
    this.askAt = Infinity;
    let isWanted = true;
    const command = {
      type: 'history/stream',
      entity_ids: ids,
      start_time: new Date(since).toISOString(),
      significant_changes_only: false,
      minimal_response: true,
      no_attributes: true,
    };
    const hear = (message: unknown): void => {
      if (isWanted) this.hear((message as HistoryMessage).states);
    };
    // Subscribing again is done here: while Home Assistant starts it may know no history yet, and the connection asks once.
    const subscribed = hass.connection.subscribeMessage(hear, command, { resubscribe: false });
    subscribed.catch(() => {
      if (isWanted) this.settle(Date.now() + AGAIN_MS);
    });
    this.end = (): void => {
      isWanted = false;
      // After a loss of the connection there is nothing left to end.
      subscribed.then(end => end()).catch(() => undefined);
    };
  }

  private hear(states: HistoryMessage['states']): void {
    for (const [id, told = []] of Object.entries(states)) {
      // After a loss of the connection all is told again.
      const byTime = new Map([...this.of(id), ...told].map(change => [change.lu, change]));
      this.changes.set(
        id,
        [...byTime.values()].sort((a, b) => a.lu - b.lu),
      );
    }
    this.settle(this.changes.size > 0 ? Infinity : Date.now() + AGAIN_MS);
  }

  private settle(askAt: number): void {
    this.askAt = askAt;
    this.state = this.changes.size > 0 ? 'here' : 'missing';
    this.changed();
  }
}
