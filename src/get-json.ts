import { DeepInfantError, messageOf } from './errors.js';
import { MOST_ADDRESS, parseHost } from './host.js';

/** A server that replies in JSON over HTTP. */
export interface JsonServer {
  /** For messages: 'go2rtc'. */
  name: string;
  /** Its address; ends with a slash. */
  url: URL;
  /** What to do when it asks for a login. */
  loginAdvice: string;
  /** Headers of each request, such as a token. */
  headers?: Record<string, string>;
}

const TIMEOUT_MS = 5000;
/** Frigate sends its whole configuration, some 10 kB for each camera. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The address of a server: a bare host gets the usual port, an http or https address stays as it is.
 * @throws DeepInfantError `bad-address`, also for an address with a user name or password in it
 */
export function serverUrl(text: string, usualPort: number): URL {
  const address = text.trim();
  if (!/^\w+:\/\//.test(address)) {
    const { hostname, port = usualPort } = parseHost(address);
    return new URL(`http://${hostname}:${port}/`);
  }
  const url = address.length <= MOST_ADDRESS && URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new DeepInfantError(
      'bad-address',
      `Enter a host name, or http://HOST:PORT without user name and password, such as http://192.168.1.5:${usualPort}.`,
    );
  }
  const server = new URL(url.origin);
  server.pathname = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  return server;
}

/**
 * Requests JSON from a server: no longer than 5 s, no more than 8 MB, and no redirection is followed.
 * @throws DeepInfantError `unreachable`, `wants-login`, `not-the-server`, `moved`, `busy` when it is asked too often,
 * `server-error`; the signal's reason when it aborts
 */
export async function getJson(server: JsonServer, path: string, signal: AbortSignal): Promise<unknown> {
  const { name, url, headers } = server;
  const where = `${name} at ${url.origin}`;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(new URL(path, url), {
      signal: AbortSignal.any([signal, timeout]),
      redirect: 'manual',
      headers: { accept: 'application/json', ...headers },
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw refusalOf(response, server, path);
    }
    return JSON.parse(await readText(response, server)) as unknown;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DeepInfantError) throw error;
    if (error instanceof SyntaxError) throw notTheServer(server, 'its reply is not JSON', error);
    const reason = timeout.aborted
      ? `no answer within ${TIMEOUT_MS / 1000} s`
      : messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
    throw new DeepInfantError(
      'unreachable',
      `${where} cannot be reached: ${reason}. Check the address, and that the port is open on that machine.`,
      { cause: error },
    );
  }
}

/** The error for a reply that is none of success. */
function refusalOf(
  { status, statusText, headers }: Response,
  server: JsonServer,
  path: string,
): DeepInfantError {
  const { name, url, loginAdvice } = server;
  const where = `${name} at ${url.origin}`;
  const reply = `${status} ${statusText}`.trim();
  const location = headers.get('location') ?? '';
  const target = new URL(URL.canParse(location, url) ? location : '', url);
  const asked = `/${path.split('?')[0]}`;
  // The same page elsewhere: over https, or below another path.
  if (status >= 300 && status < 400 && location !== '' && target.pathname.endsWith(asked)) {
    target.pathname = target.pathname.slice(0, 1 - asked.length);
    target.search = '';
    return new DeepInfantError(
      'moved',
      `${where} has moved (${reply}). Enter its new address: ${target.href}`,
    );
  }
  switch (status) {
    case 401:
    case 403:
    // Frigate sends a browser without a login to its login page.
    case 302:
    case 303:
      return new DeepInfantError('wants-login', `${where} asks for a login. ${loginAdvice}`);
    case 429:
      return new DeepInfantError(
        'busy',
        `${where} gets too many requests (${reply}). It is asked again later.`,
      );
    default:
      if (status >= 500)
        return new DeepInfantError(
          'server-error',
          `${where} does not work (${reply}). It may be starting; otherwise its own log says what is wrong.`,
        );
      return notTheServer(server, `it replies ${reply} to ${asked}`);
  }
}

async function readText(response: Response, server: JsonServer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BYTES)
      throw notTheServer(server, `its reply is larger than ${MAX_BYTES / 1024 / 1024} MB`);
  }
  return Buffer.concat(chunks).toString();
}

/** The error for a reply that a server of this name would not send. */
export function notTheServer({ name, url }: JsonServer, reason: string, cause?: unknown): DeepInfantError {
  return new DeepInfantError(
    'not-the-server',
    `${url.origin} does not seem to be ${name}: ${reason}. Check the address and port.`,
    { cause },
  );
}

/** For what a server need not provide: `getJson(…).catch(undefinedIfMissing)` is undefined where it does not. */
export function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof DeepInfantError) return undefined;
  throw error;
}
