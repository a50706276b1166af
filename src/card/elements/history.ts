import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Hass } from '../hass.js';
import type { Change } from '../timeline.js';

/** What `history/stream` tells: what was, and from then on what comes. */
interface HistoryMessage {
  states: Record<string, Change[] | undefined>;
}

/** Home Assistant may have no history yet, as while it starts: it is asked again after this time. */
const AGAIN_MS = 60_000;

/** Follows what Home Assistant's recorder knows of entities since a moment. */
export class History implements ReactiveController {
  /** `missing`: Home Assistant keeps none. */
  state: 'loading' | 'missing' | 'here' = 'loading';
  private readonly changes = new Map<string, Change[]>();
  private followed = '';
  private askedAt = 0;
  private end = (): void => undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    this.follow(undefined, [], 0);
  }

  /** The changes of an entity, oldest first. */
  of(id: string | undefined): readonly Change[] {
    return this.changes.get(id ?? '') ?? [];
  }

  /** Follows these entities, and no others, from then on. @param since epoch ms @param hass undefined: none */
  follow(hass: Hass | undefined, ids: readonly string[], since: number): void {
    const followed = [...ids, since].join(' ');
    const isSame = followed === this.followed;
    if (isSame && (this.state !== 'missing' || Date.now() < this.askedAt + AGAIN_MS)) return;
    this.end();
    if (!isSame) {
      this.followed = followed;
      this.changes.clear();
      this.state = 'loading';
    }
    this.askedAt = Date.now();
    if (hass !== undefined && ids.length > 0) this.begin(hass, ids, since);
  }

  private begin(hass: Hass, ids: readonly string[], since: number): void {
    let isWanted = true;
    const command = {
      type: 'history/stream',
      entity_ids: ids,
      start_time: new Date(since).toISOString(),
      significant_changes_only: false,
      minimal_response: true,
      no_attributes: true,
    };
    const subscribed = hass.connection.subscribeMessage(message => {
      if (isWanted) this.hear((message as HistoryMessage).states);
    }, command);
    subscribed.catch(() => {
      if (isWanted) this.become('missing');
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
    this.become(this.changes.size > 0 ? 'here' : 'missing');
  }

  private become(state: History['state']): void {
    this.state = state;
    this.host.requestUpdate();
  }
}
