import type { HaWebSocket } from 'home-assistant-js-websocket' with { 'resolution-mode': 'import' };
import { WebSocket } from 'ws';
import { DeepInfantError, messageOf } from '../errors.js';
import { guard } from '../guard.js';
import type { HassEndpoint } from './address.js';

/** How long a host may take to answer. */
const OPEN_MS = 10_000;
/** How often the connection is checked, and how long Home Assistant has to answer: one that is half gone is silent. */
const PING_MS = 15_000;

/** A socket whose messages cannot end the process: the library takes each one for well-formed, and its errors would. */
class GuardedSocket extends WebSocket {
  /** Gets what a listener throws at a message. */
  onUnreadable: (error: unknown) => void = () => undefined;

  override emit(event: string | symbol, ...details: unknown[]): boolean {
    if (event !== 'message') return super.emit(event, ...details);
    try {
      return super.emit(event, ...details);
    } catch (error) {
      this.onUnreadable(error);
      return true;
    }
  }
}

/**
 * Opens Home Assistant's websocket and shows it the token (developers.home-assistant.io, WebSocket API).
 * @param report gets an error for each later message that cannot be read
 * @throws DeepInfantError `unreachable`, `not-home-assistant` or `wrong-token`
 */
export async function openSocket(
  { websocketUrl, token }: HassEndpoint,
  signal: AbortSignal,
  report: (error: DeepInfantError) => void,
): Promise<HaWebSocket> {
  const { host } = new URL(websocketUrl);
  const socket = new GuardedSocket(websocketUrl, { handshakeTimeout: OPEN_MS });
  const abort = (): void => {
    socket.terminate();
  };
  signal.addEventListener('abort', abort);
  try {
    const haVersion = await authenticate(socket, host, token);
    // A Home Assistant on its way out may have closed it already, and nobody would notice later.
    if (socket.readyState !== WebSocket.OPEN)
      throw new DeepInfantError('unreachable', `Home Assistant at ${host} closed the connection.`);
    socket.onUnreadable = error => {
      const text = `Home Assistant at ${host} sent a message that cannot be read (${messageOf(error)}). It is ignored.`;
      report(new DeepInfantError('unreadable', text, { cause: error }));
    };
    keepAlive(socket);
    // Its types are those of a browser's.
    return Object.assign(socket as unknown as HaWebSocket, { haVersion });
  } catch (error) {
    socket.terminate();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Resolves to Home Assistant's version when it has accepted the token. */
function authenticate(socket: WebSocket, host: string, token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const overdue = setTimeout(() => {
      fail(
        'not-home-assistant',
        `What answers at ${host} is not Home Assistant: it does not ask for a token.`,
      );
    }, OPEN_MS);
    const fail = (code: string, message: string): void => {
      settle();
      reject(new DeepInfantError(code, message));
    };
    const settle = (): void => {
      clearTimeout(overdue);
      socket.off('message', receive);
      socket.off('close', close);
    };
    const receive = guard((data: Buffer) => {
      const { type, ha_version: version } = asObject(data);
      if (type === 'auth_required') socket.send(JSON.stringify({ type: 'auth', access_token: token }));
      if (type === 'auth_invalid')
        fail(
          'wrong-token',
          `Home Assistant at ${host} does not accept the token. Create a new one there, in your profile under Security.`,
        );
      if (type !== 'auth_ok') return;
      settle();
      resolve(String(version));
    });
    const close = (): void => {
      fail('unreachable', `Home Assistant at ${host} closed the connection. Is it starting?`);
    };
    // The listener stays: an error without a listener would end the process.
    socket.on('error', error => {
      const { code = messageOf(error) } = error as NodeJS.ErrnoException;
      if (code.startsWith('Unexpected server response'))
        fail(
          'not-home-assistant',
          `What answers at ${host} is not Home Assistant (${code}). Is the port right?`,
        );
      else
        fail(
          'unreachable',
          `Home Assistant does not answer at ${host} (${code}). Is it running, and is the address right?`,
        );
    });
    socket.on('message', receive);
    socket.on('close', close);
  });
}

function asObject(data: Buffer): Record<string, unknown> {
  try {
    return Object(JSON.parse(data.toString())) as Record<string, unknown>;
  } catch {
    return {}; // Not Home Assistant: the time for it runs out.
  }
}

/** Ends a connection that does not answer any more. */
function keepAlive(socket: WebSocket): void {
  let isAnswered = true;
  socket.on('pong', () => {
    isAnswered = true;
  });
  const pinging = setInterval(
    guard(() => {
      if (!isAnswered) socket.terminate();
      isAnswered = false;
      socket.ping();
    }),
    PING_MS,
  );
  socket.on('close', () => {
    clearInterval(pinging);
  });
}
