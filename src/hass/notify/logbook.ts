import { DeepInfantError } from '../../errors.js';
import type { SourceHealth } from '../../values.js';
import type { HassConnection } from '../connection.js';
import type { Say } from './cry-notification.js';

/** Entries wait for a Home Assistant that is away, the newest so many. */
const MOST_WAITING = 100;

/** A line in Home Assistant's logbook: 'Mia' 'cried for 4 min'. */
export interface LogEntry {
  name: string;
  message: string;
}

export interface LogbookOptions {
  hass: HassConnection;
  say: Say;
  /** Gets what Home Assistant refuses, once until it takes something again. */
  report: (error: unknown) => void;
}

/** Tells people in Home Assistant what was: the logbook of cries, and a notification while a source needs somebody. */
export class Logbook {
  private waiting: LogEntry[] = [];
  private readonly healths = new Map<string, SourceHealth>();
  /** What Home Assistant shows of a source's trouble; null nothing. */
  private readonly shown = new Map<string, string | null>();
  private isRefused = false;
  /** Whether all of Home Assistant is there: one that starts does not know its logbook yet. */
  private isThere = false;
  private readonly unsubscribe: (() => void)[];

  constructor(private readonly options: LogbookOptions) {
    const { hass, report } = options;
    this.unsubscribe = [
      hass.onHealth(({ state }) => {
        this.isThere = false;
        if (state === 'connected')
          void hass.isComplete().then(isComplete => {
            if (isComplete) this.catchUp();
          });
      }),
      hass.subscribe(
        { type: 'subscribe_events', event_type: 'homeassistant_started' },
        () => {
          this.catchUp();
        },
        report,
      ),
    ];
  }

  /** Writes into the logbook, at once or when Home Assistant is back. */
  add(entry: LogEntry): void {
    this.waiting = [...this.waiting, entry].slice(-MOST_WAITING);
    this.flush();
  }

  /** Shows a source that needs a person (a password, a microphone that is switched off) until it is heard again. */
  hear(health: SourceHealth): void {
    // While it is opened again it is as it was.
    if (!['failed', 'running', 'silent'].includes(health.state)) return;
    this.healths.set(health.source, health);
    this.show(health);
  }

  /** Takes back what is shown of sources: nobody would do it later. */
  async stop(): Promise<void> {
    for (const end of this.unsubscribe) end();
    const sources = [...this.shown].filter(([, error]) => error !== null);
    const calls = sources.map(([source]) =>
      this.options.hass.call('persistent_notification.dismiss', { notification_id: notificationId(source) }),
    );
    await Promise.allSettled(calls);
  }

  private catchUp(): void {
    this.isThere = true;
    // It keeps no notifications over a restart.
    this.shown.clear();
    for (const health of this.healths.values()) this.show(health);
    this.flush();
  }

  private flush(): void {
    if (!this.isThere) return;
    for (const entry of this.waiting.splice(0))
      void this.call('logbook.log', entry, () => {
        this.waiting.push(entry);
      });
  }

  private show({ source, state, error = '' }: SourceHealth): void {
    const shown = state === 'failed' ? error : null;
    if (!this.isThere || this.shown.get(source) === shown) return;
    this.shown.set(source, shown);
    const notification = { notification_id: notificationId(source) };
    // Shown anew by `catchUp`.
    const away = (): void => undefined;
    if (shown === null) void this.call('persistent_notification.dismiss', notification, away);
    else {
      const title = this.options.say('source', { source });
      const create = { ...notification, title, message: shown };
      void this.call('persistent_notification.create', create, away);
    }
  }

  /** @param away is called when the connection broke */
  private async call(action: string, data: object, away: () => void): Promise<void> {
    const { hass, report } = this.options;
    try {
      await hass.call(action, data);
      this.isRefused = false;
    } catch (error) {
      if (error instanceof DeepInfantError && error.code === 'not-connected') away();
      else if (!this.isRefused) {
        this.isRefused = true;
        report(error);
      }
    }
  }
}

function notificationId(source: string): string {
  return `deepinfant ${source}`;
}
