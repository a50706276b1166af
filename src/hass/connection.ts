import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, HaWebSocket, MessageBase } from 'home-assistant-js-websocket' with {
  'resolution-mode': 'import',
};
import { DeepInfantError, messageOf } from '../errors.js';
import { hassEndpoint, type HassEndpoint, type HassLogin } from './address.js';
import { openSocket } from './socket.js';

/**
 * How the connection is: `connecting` tries for the first time, or anew after it was connected; `unreachable` waits for
 * its next try; `wrong-token` and `bad-address` need a person.
 */
export type HassState =
  'connecting' | 'connected' | 'unreachable' | 'wrong-token' | 'bad-address' | 'stopped';

export interface HassHealth {
  state: HassState;
  /** What is wrong and what to do; of the states that need somebody or something else. */
  error?: string;
}

type Listener = (health: HassHealth) => void;

interface Subscription {
  message: MessageBase;
  hear: (event: unknown) => void;
  report: (error: DeepInfantError) => void;
  /** Ends it at Home Assistant; while it runs there. */
  end?: () => Promise<void>;
}

/** The wait before the second try, which doubles up to the longest one. Home Assistant is at home: asking costs little. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
/** Home Assistant tells its owner of each wrong token, and may lock this host out. */
const WRONG_TOKEN_RETRY_MS = 600_000;

/** One connection to Home Assistant, which is made anew whenever it breaks. */
export class HassConnection {
  private readonly stopping = new AbortController();
  private readonly listeners = new Set<Listener>();
  private readonly subscriptions = new Set<Subscription>();
  private current: HassHealth = { state: 'connecting' };
  private library: Connection | undefined;

  constructor(private readonly login: HassLogin) {}

  get health(): HassHealth {
    return this.current;
  }

  /** What it is made with. @throws DeepInfantError `bad-address` or `no-token` */
  get endpoint(): HassEndpoint {
    return hassEndpoint(this.login);
  }

  /** The library's connection; undefined before the first one. */
  get connection(): Connection | undefined {
    return this.library;
  }

  /** Tells the health now and whenever it changes. Gives what ends that. */
  onHealth(listener: Listener): () => void {
    this.listeners.add(listener);
    listener(this.current);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    this.connect().catch((error: unknown) => {
      if (!this.stopping.signal.aborted) this.tell({ state: 'bad-address', error: messageOf(error) });
    });
  }

  /** Ends the connection; may be called twice. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.tell({ state: 'stopped' });
    const { library } = this;
    if (library?.connected !== true) {
      library?.close();
      return;
    }
    const closed = new Promise(resolve => {
      library.socket?.addEventListener('close', resolve);
    });
    library.close();
    await closed;
  }

  /**
   * Calls an action, such as `light.turn_on`, and gives the id of the context in which Home Assistant does it.
   * @throws DeepInfantError `not-connected`, or `refused` with Home Assistant's reason
   */
  async call(action: string, data: object): Promise<string> {
    const [domain, service] = action.split('.');
    const message = { type: 'call_service', domain, service, service_data: data };
    const { context } = await this.ask<{ context: { id: string } }>(message);
    return context.id;
  }

  /** Asks by one command. @throws DeepInfantError `not-connected`, or `refused` with Home Assistant's reason */
  async ask<Answer>(message: MessageBase): Promise<Answer> {
    if (this.library?.connected !== true)
      throw new DeepInfantError('not-connected', this.current.error ?? 'Home Assistant is not connected.');
    try {
      return await this.library.sendMessagePromise<Answer>(message);
    } catch (error) {
      throw refusal(error);
    }
  }

  /** Whether all of Home Assistant is there. While it starts or stops, it refuses what it knows at other times. */
  async isComplete(): Promise<boolean> {
    const config = await this.ask<{ state: string }>({ type: 'get_config' }).catch(() => undefined);
    return config?.state === 'RUNNING';
  }

  /**
   * Hears what a command that subscribes brings, over this connection and all later ones. Gives what ends that.
   * @param report gets why Home Assistant refuses it
   */
  subscribe(
    message: MessageBase,
    hear: (event: never) => void,
    report: (error: DeepInfantError) => void,
  ): () => void {
    const subscription: Subscription = { message, hear: hear as (event: unknown) => void, report };
    this.subscriptions.add(subscription);
    if (this.library?.connected === true) this.begin(this.library, subscription);
    return () => {
      this.subscriptions.delete(subscription);
      void subscription.end?.().catch(() => undefined); // It ends with the connection, too.
    };
  }

  private async connect(): Promise<void> {
    const { endpoint } = this;
    // An ES module: a CommonJS one cannot require it by its types.
    const { createConnection } = await import('home-assistant-js-websocket');
    const library = await createConnection({ createSocket: () => this.openSocket(endpoint) });
    this.library = library;
    const connected = (): void => {
      this.tell({ state: 'connected' });
      for (const subscription of this.subscriptions) this.begin(library, subscription);
    };
    library.addEventListener('ready', connected);
    library.addEventListener('disconnected', () => {
      for (const subscription of this.subscriptions) subscription.end = undefined;
      this.tell({ state: 'connecting' });
    });
    connected();
  }

  /** Tries until it is open. The library calls it again when the connection broke. */
  private async openSocket(endpoint: HassEndpoint): Promise<HaWebSocket> {
    const { signal } = this.stopping;
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS)) {
      try {
        return await openSocket(endpoint, signal);
      } catch (error) {
        signal.throwIfAborted();
        const isWrongToken = error instanceof DeepInfantError && error.code === 'wrong-token';
        this.tell({ state: isWrongToken ? 'wrong-token' : 'unreachable', error: messageOf(error) });
        // Not all homes' Node-REDs at once.
        const waitMs = retryMs * (0.5 + 0.5 * Math.random());
        await sleep(isWrongToken ? WRONG_TOKEN_RETRY_MS : waitMs, undefined, { signal });
      }
    }
  }

  private begin(library: Connection, subscription: Subscription): void {
    const { message, hear, report } = subscription;
    library.subscribeMessage(hear, message, { resubscribe: false }).then(
      end => {
        subscription.end = end;
        if (!this.subscriptions.has(subscription)) void end().catch(() => undefined);
      },
      (error: unknown) => {
        report(refusal(error));
      },
    );
  }

  private tell(health: HassHealth): void {
    this.current = health;
    for (const listener of this.listeners) listener(health);
  }
}

/** What the library throws are numbers, answers, or the errors in them. */
function refusal(error: unknown): DeepInfantError {
  const { code, message } = Object(error) as { code?: string; message?: string };
  if (code === undefined)
    return new DeepInfantError('not-connected', 'The connection to Home Assistant broke off.');
  return new DeepInfantError('refused', `Home Assistant refuses it: ${message ?? code}`);
}
