import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, HaWebSocket, MessageBase } from 'home-assistant-js-websocket' with {
  'resolution-mode': 'import',
};
import * as v from 'valibot';
import { Backoff, type Waits } from '../backoff.js';
import { check } from '../check.js';
import { codeOf, DeepInfantError, messageOf } from '../errors.js';
import { guard } from '../guard.js';
import { Troubles } from '../troubles.js';
import { textOf } from '../unknown-data.js';
import { hassEndpoint, type HassEndpoint, type HassLogin } from './address.js';
import { openSocket } from './socket.js';

/**
 * The state of the connection: `connecting` tries for the first time, or again after it was connected; `unreachable`
 * waits for its next try; `wrong-token` and `bad-address` need a person.
 */
export type HassState =
  'connecting' | 'connected' | 'unreachable' | 'wrong-token' | 'bad-address' | 'stopped';

export interface HassHealth {
  state: HassState;
  /** What is wrong and what to do, in the states that need somebody or something else; and its code. */
  error?: string;
  code?: string;
}

type Listener = (health: HassHealth) => void;

interface Subscription {
  message: MessageBase;
  receive: (event: unknown) => void;
  report: (error: unknown) => void;
  /** Ends it at Home Assistant; while it runs there. */
  end?: () => Promise<void>;
}

/** Home Assistant is at home: asking costs little. */
const WAITS: Waits = { firstMs: 500, mostMs: 10_000 };
/** Home Assistant notifies its owner of each wrong token, and may lock this host out. */
const WRONG_TOKEN_RETRY_MS = 600_000;

/** What an action's call gives. */
const CALLED = v.object({ context: v.object({ id: v.string() }) });
const CONFIG = v.object({ state: v.string(), time_zone: v.string() });
const USER = v.object({ is_admin: v.boolean() });

/** One connection to Home Assistant, which is opened again whenever it breaks. */
export class HassConnection {
  private readonly stopping = new AbortController();
  private readonly listeners = new Set<Listener>();
  private readonly subscriptions = new Set<Subscription>();
  private current: HassHealth = { state: 'connecting' };
  private library: Connection | undefined;
  private readonly troubles: Troubles;

  /** @param report gets messages of Home Assistant that cannot be read, once until the next connection */
  constructor(
    private readonly login: HassLogin,
    report: (error: unknown) => void = () => undefined,
  ) {
    this.troubles = new Troubles(report);
  }

  get health(): HassHealth {
    return this.current;
  }

  /** Where it leads. @throws DeepInfantError `bad-address` or `no-token` */
  get endpoint(): HassEndpoint {
    return hassEndpoint(this.login);
  }

  /** What tells this Home Assistant from others: its address, or what stands for a wrong one. */
  get address(): string {
    try {
      return this.endpoint.httpUrl;
    } catch {
      return this.login.url;
    }
  }

  /** The library's connection; undefined before the first one. */
  get connection(): Connection | undefined {
    return this.library;
  }

  /** Calls the listener with the health now and whenever it changes. @returns what ends that */
  onHealth(listener: Listener): () => void {
    const guarded = guard(listener);
    this.listeners.add(guarded);
    guarded(this.current);
    return () => this.listeners.delete(guarded);
  }

  start(): void {
    this.connect().catch((error: unknown) => {
      if (!this.stopping.signal.aborted) this.setHealth({ state: 'bad-address', ...wordsOf(error) });
    });
  }

  /** Ends the connection; may be called twice. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.setHealth({ state: 'stopped' });
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
   * Calls an action, such as `light.turn_on`.
   * @returns the id of the context in which Home Assistant does it
   * @throws DeepInfantError `not-connected`, `refused` with Home Assistant's reason, or `invalid` for its reply
   */
  async call(action: string, data: object): Promise<string> {
    const [domain, service] = action.split('.');
    const message = { type: 'call_service', domain, service, service_data: data };
    const { context } = await this.ask(message, CALLED);
    return context.id;
  }

  /**
   * Sends one command.
   * @param schema what its reply must be
   * @throws DeepInfantError `not-connected`, `refused` with Home Assistant's reason, or `invalid` for its reply
   */
  async ask<Schema extends v.GenericSchema>(
    message: MessageBase,
    schema: Schema,
  ): Promise<v.InferOutput<Schema>> {
    if (this.library?.connected !== true)
      throw new DeepInfantError('not-connected', this.current.error ?? 'Home Assistant is not connected.');
    const reply = await this.library.sendMessagePromise(message).catch((error: unknown) => {
      throw refusal(error);
    });
    return check(schema, reply, `Home Assistant's reply to '${message.type}'`);
  }

  /** Whether all of Home Assistant is there. While it starts or stops, it refuses what it knows at other times. */
  async isComplete(): Promise<boolean> {
    const config = await this.ask({ type: 'get_config' }, CONFIG).catch(() => undefined);
    return config?.state === 'RUNNING';
  }

  /** The home's time zone, an IANA name. @throws DeepInfantError as `ask` does */
  async timeZone(): Promise<string> {
    return (await this.ask({ type: 'get_config' }, CONFIG)).time_zone;
  }

  /**
   * Whether the token's user is an administrator: Home Assistant sends most events to administrators only.
   * @throws DeepInfantError as `ask` does
   */
  async isAdmin(): Promise<boolean> {
    return (await this.ask({ type: 'auth/current_user' }, USER)).is_admin;
  }

  /**
   * Receives the events of a command that subscribes, over this connection and all later ones.
   * @param schema what an event must be; others are reported and ignored
   * @param report gets why Home Assistant refuses the command, and what is wrong with an event
   * @returns what ends that
   */
  subscribe<Schema extends v.GenericSchema>(
    message: MessageBase,
    schema: Schema,
    receive: (event: v.InferOutput<Schema>) => void,
    report: (error: unknown) => void,
  ): () => void {
    const troubles = new Troubles(report);
    const subscription: Subscription = {
      message,
      receive: event => {
        try {
          receive(check(schema, event, `Home Assistant's event of '${message.type}'`));
          troubles.mend('event');
        } catch (error) {
          troubles.raise('event', error);
        }
      },
      report,
    };
    this.subscriptions.add(subscription);
    if (this.library?.connected === true) this.begin(this.library, subscription);
    return () => {
      this.subscriptions.delete(subscription);
      void subscription.end?.().catch(() => undefined); // It ends with the connection, too.
    };
  }

  private async connect(): Promise<void> {
    const { endpoint } = this;
    // An ES module, which a CommonJS one cannot require.
    const { createConnection } = await import('home-assistant-js-websocket');
    const library = await createConnection({ createSocket: () => this.openSocket(endpoint) });
    this.library = library;
    const connected = (): void => {
      this.troubles.mend('message');
      this.setHealth({ state: 'connected' });
      for (const subscription of this.subscriptions) this.begin(library, subscription);
    };
    library.addEventListener('ready', guard(connected));
    library.addEventListener(
      'disconnected',
      guard(() => {
        for (const subscription of this.subscriptions) subscription.end = undefined;
        this.setHealth({ state: 'connecting' });
      }),
    );
    connected();
  }

  /** Tries until it is open. The library calls it again when the connection broke. */
  private async openSocket(endpoint: HassEndpoint): Promise<HaWebSocket> {
    const { signal } = this.stopping;
    const backoff = new Backoff(Math.random);
    for (;;) {
      try {
        return await openSocket(endpoint, signal, error => {
          this.troubles.raise('message', error);
        });
      } catch (error) {
        signal.throwIfAborted();
        const isWrongToken = codeOf(error) === 'wrong-token';
        this.setHealth({ state: isWrongToken ? 'wrong-token' : 'unreachable', ...wordsOf(error) });
        await sleep(isWrongToken ? WRONG_TOKEN_RETRY_MS : backoff.next(WAITS), undefined, { signal });
      }
    }
  }

  private begin(library: Connection, subscription: Subscription): void {
    const { message, receive, report } = subscription;
    library.subscribeMessage(receive, message, { resubscribe: false }).then(
      end => {
        subscription.end = end;
        if (!this.subscriptions.has(subscription)) void end().catch(() => undefined);
      },
      (error: unknown) => {
        report(refusal(error));
      },
    );
  }

  private setHealth(health: HassHealth): void {
    this.current = health;
    for (const listener of this.listeners) listener(health);
  }
}

function wordsOf(error: unknown): Pick<HassHealth, 'error' | 'code'> {
  return { error: messageOf(error), code: codeOf(error) };
}

/** Of what Home Assistant says of a refusal, in characters. */
const MOST_SAID = 500;

/** The library throws numbers, replies, or the errors in them. */
function refusal(error: unknown): DeepInfantError {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (code === undefined)
    return new DeepInfantError('not-connected', 'The connection to Home Assistant broke off.');
  const why = (textOf(message) || textOf(code)).slice(0, MOST_SAID);
  return new DeepInfantError('refused', `Home Assistant refused: ${why}`);
}
