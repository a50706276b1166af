import type { Hass } from './hass.js';
import type { Change } from './timeline.js';

/** What `history/stream` sends: the past, and from then on what is new. */
interface HistoryMessage {
  states: Record<string, Change[] | undefined>;
}

/** Home Assistant may have no history yet, for example while it starts: it is asked again after this time. */
const AGAIN_MS = 10_000;

/** Follows what Home Assistant's recorder knows of entities since a moment. */
export class EntityHistory {
  /** `missing`: Home Assistant keeps none; `refused`: it does not say what it keeps, for example while it starts. */
  state: 'loading' | 'missing' | 'refused' | 'here' = 'loading';
  private readonly changes = new Map<string, Change[]>();
  private followed = '';
  /** When to ask Home Assistant, epoch ms; infinite while it sends. */
  private askAt = 0;
  private end = (): void => undefined;

  /** @param onChange is called when there is something new */
  constructor(private readonly onChange: () => void) {}

  /** The changes of an entity, oldest first. */
  of(id: string | undefined): readonly Change[] {
    return this.changes.get(id ?? '') ?? [];
  }

  /** Follows these entities and no others from now on. Meant to be called on every update. @param since epoch ms */
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

  /** Follows nothing until the next call of `follow`. */
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
    const receive = (message: unknown): void => {
      if (isWanted) this.receive((message as HistoryMessage).states);
    };
    // Subscribing again is done here: while Home Assistant starts it may know no history yet, and the connection asks once.
    const subscribed = hass.connection.subscribeMessage(receive, command, { resubscribe: false });
    subscribed.catch(() => {
      if (isWanted) this.settle(Date.now() + AGAIN_MS, 'refused');
    });
    this.end = (): void => {
      isWanted = false;
      // After a loss of the connection there is nothing left to end.
      subscribed.then(end => end()).catch(() => undefined);
    };
  }

  private receive(states: HistoryMessage['states']): void {
    for (const [id, changes = []] of Object.entries(states)) {
      // After the connection was lost, all changes are sent again.
      const byTime = new Map([...this.of(id), ...changes].map(change => [change.lu, change]));
      this.changes.set(
        id,
        [...byTime.values()].sort((a, b) => a.lu - b.lu),
      );
    }
    this.settle(this.changes.size > 0 ? Infinity : Date.now() + AGAIN_MS, 'missing');
  }

  /** @param without the state where nothing is known yet */
  private settle(askAt: number, without: 'missing' | 'refused'): void {
    this.askAt = askAt;
    this.state = this.changes.size > 0 ? 'here' : without;
    this.onChange();
  }
}
