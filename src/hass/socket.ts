import type { HaWebSocket } from 'home-assistant-js-websocket' with { 'resolution-mode': 'import' };
import { WebSocket } from 'ws';
import { DeepInfantError, messageOf } from '../errors.js';
import type { HassEndpoint } from './address.js';

/** A host that does not even refuse is given so long. */
const OPEN_MS = 10_000;
/** A connection that is half gone says nothing: it is asked so often, and has as long to answer. */
const PING_MS = 15_000;

/**
 * Opens Home Assistant's websocket and shows it the token (developers.home-assistant.io, WebSocket API).
 * @throws DeepInfantError `unreachable`, `not-home-assistant` or `wrong-token`
 */
export async function openSocket(
  { websocketUrl, token }: HassEndpoint,
  signal: AbortSignal,
): Promise<HaWebSocket> {
  const { host } = new URL(websocketUrl);
  const socket = new WebSocket(websocketUrl, { handshakeTimeout: OPEN_MS });
  const abort = (): void => {
    socket.terminate();
  };
  signal.addEventListener('abort', abort);
  try {
    const haVersion = await authenticated(socket, host, token);
    // One that a Home Assistant on its way out closed at once: nobody would hear that it did.
    if (socket.readyState !== WebSocket.OPEN)
      throw new DeepInfantError('unreachable', `Home Assistant at ${host} closed the connection.`);
    keepAsking(socket);
    // Its types are those of a browser's.
    return Object.assign(socket as unknown as HaWebSocket, { haVersion });
  } catch (error) {
    socket.terminate();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Resolves to Home Assistant's version when it has taken the token. */
function authenticated(socket: WebSocket, host: string, token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const overdue = setTimeout(() => {
      fail('not-home-assistant', `What answers at ${host} does not speak as Home Assistant does.`);
    }, OPEN_MS);
    const fail = (code: string, message: string): void => {
      settle();
      reject(new DeepInfantError(code, message));
    };
    const settle = (): void => {
      clearTimeout(overdue);
      socket.off('message', hear);
      socket.off('close', close);
    };
    const hear = (data: Buffer): void => {
      const { type, ha_version: version } = asObject(data);
      if (type === 'auth_required') socket.send(JSON.stringify({ type: 'auth', access_token: token }));
      if (type === 'auth_invalid')
        fail(
          'wrong-token',
          `Home Assistant at ${host} refuses the token. Make a new one there, in your profile under Security.`,
        );
      if (type !== 'auth_ok') return;
      settle();
      resolve(String(version));
    };
    const close = (): void => {
      fail('unreachable', `Home Assistant at ${host} closed the connection. Is it starting?`);
    };
    // The listener stays: an error that nobody hears would end the process.
    socket.on('error', error => {
      const { code = messageOf(error) } = error as NodeJS.ErrnoException;
      if (code.startsWith('Unexpected server response'))
        fail(
          'not-home-assistant',
          `What answers at ${host} is no Home Assistant (${code}). Is the port right?`,
        );
      else
        fail(
          'unreachable',
          `Home Assistant does not answer at ${host} (${code}). Does it run, and is the address right?`,
        );
    });
    socket.on('message', hear);
    socket.on('close', close);
  });
}

function asObject(data: Buffer): Record<string, unknown> {
  try {
    return Object(JSON.parse(data.toString())) as Record<string, unknown>;
  } catch {
    return {}; // Somebody else's words; it will be overdue.
  }
}

/** Ends a connection over which no answer comes any more. */
function keepAsking(socket: WebSocket): void {
  let isAnswered = true;
  socket.on('pong', () => {
    isAnswered = true;
  });
  const asking = setInterval(() => {
    if (!isAnswered) socket.terminate();
    isAnswered = false;
    socket.ping();
  }, PING_MS);
  socket.on('close', () => {
    clearInterval(asking);
  });
}
