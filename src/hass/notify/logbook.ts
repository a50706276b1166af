import { dropOldest } from '../../drop-oldest.js';
import * as v from 'valibot';
import { DeepInfantError } from '../../errors.js';
import { guard } from '../../guard.js';
import { Troubles } from '../../troubles.js';
import type { SourceHealth } from '../../values.js';
import type { HassConnection } from '../connection.js';
import type { Say } from './cry-notification.js';

/** How many entries wait for a Home Assistant that is away, at most: the newest ones. */
const MOST_WAITING = 100;
/** The troubles of so many sources are known: of those that said something last. */
const MOST_SOURCES = 100;

/** A line in Home Assistant's logbook: 'Mia' 'cried for 4 min'. */
export interface LogEntry {
  name: string;
  message: string;
}

export interface LogbookOptions {
  hass: HassConnection;
  say: Say;
  /** Gets what Home Assistant refuses, once until it accepts it again. */
  report: (error: unknown) => void;
}

/** Writes Home Assistant's logbook, and shows a notification there while a source needs a person. */
export class Logbook {
  private waiting: LogEntry[] = [];
  private readonly healths = new Map<string, SourceHealth>();
  /** What Home Assistant shows of a source's trouble; null is nothing. */
  private readonly shown = new Map<string, string | null>();
  private readonly troubles: Troubles;
  /** Whether all of Home Assistant is there: while it starts, it does not know its logbook. */
  private isComplete = false;
  private readonly unsubscribe: (() => void)[] = [];

  constructor(private readonly options: LogbookOptions) {
    this.troubles = new Troubles(options.report);
  }

  start(): void {
    const { hass, report } = this.options;
    this.unsubscribe.push(
      hass.onHealth(({ state }) => {
        this.isComplete = false;
        if (state === 'connected') this.catchUpIfComplete();
      }),
      hass.subscribe(
        { type: 'subscribe_events', event_type: 'homeassistant_started' },
        v.unknown(),
        () => {
          this.catchUp();
        },
        error => {
          // It says only administrators when it has started; who gets no taps is told that already.
          hass.isAdmin().then(
            isAdmin => {
              if (isAdmin) report(error);
            },
            () => undefined,
          );
        },
      ),
    );
  }

  /** Writes into the logbook, at once or when Home Assistant is back. */
  push(entry: LogEntry): void {
    this.waiting = [...this.waiting, entry].slice(-MOST_WAITING);
    if (this.isComplete) this.writeWaiting();
    // It does not tell everybody when it has started.
    else this.catchUpIfComplete();
  }

  /** Shows a source that needs a person (a password, a microphone that is switched off) until it works again. */
  pushHealth(health: SourceHealth): void {
    // While it is opened again it is as it was.
    if (!['failed', 'running', 'silent'].includes(health.state)) return;
    this.healths.delete(health.source);
    this.healths.set(health.source, health);
    const oldest = dropOldest(this.healths, MOST_SOURCES);
    if (oldest !== undefined) this.forget(oldest);
    this.show(health);
  }

  /** Withdraws what is shown of sources: nothing would do it later. */
  async stop(): Promise<void> {
    for (const end of this.unsubscribe.splice(0)) end();
    const sources = [...this.shown].filter(([, error]) => error !== null);
    const calls = sources.map(([source]) =>
      this.options.hass.call('persistent_notification.dismiss', { notification_id: notificationId(source) }),
    );
    await Promise.allSettled(calls);
  }

  private readonly catchUpIfComplete = guard(async () => {
    if (await this.options.hass.isComplete()) this.catchUp();
  });

  private catchUp(): void {
    this.isComplete = true;
    // It keeps no notifications over a restart.
    this.shown.clear();
    for (const health of this.healths.values()) this.show(health);
    this.writeWaiting();
  }

  private writeWaiting(): void {
    if (!this.isComplete) return;
    for (const entry of this.waiting.splice(0))
      void this.call('logbook.log', entry, () => {
        this.waiting.push(entry);
      });
  }

  private show({ source, state, error = '' }: SourceHealth): void {
    const shown = state === 'failed' ? error : null;
    if (!this.isComplete || this.shown.get(source) === shown) return;
    this.shown.set(source, shown);
    const notification = { notification_id: notificationId(source) };
    // `catchUp` shows it again.
    const disconnected = (): void => undefined;
    if (shown === null) void this.call('persistent_notification.dismiss', notification, disconnected);
    else {
      const title = this.options.say('source', { source });
      const create = { ...notification, title, message: shown };
      void this.call('persistent_notification.create', create, disconnected);
    }
  }

  /** Withdraws what is shown of a source that is known no longer: nothing would do it later. */
  private forget(source: string): void {
    if (this.shown.get(source) != null) {
      const notification = { notification_id: notificationId(source) };
      void this.call('persistent_notification.dismiss', notification, () => undefined);
    }
    this.shown.delete(source);
  }

  /** @param disconnected is called when there was no connection */
  private async call(action: string, data: object, disconnected: () => void): Promise<void> {
    try {
      await this.options.hass.call(action, data);
      this.troubles.mend(action);
    } catch (error) {
      if (error instanceof DeepInfantError && error.code === 'not-connected') disconnected();
      else this.troubles.raise(action, error);
    }
  }
}

function notificationId(source: string): string {
  return `deepinfant ${source}`;
}
