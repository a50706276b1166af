import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import path from 'node:path';
import * as v from 'valibot';
import { check } from '../check.js';
import { DeepInfantError, messageOf } from '../errors.js';
import { guard } from '../guard.js';
import type { Reply } from '../journal/reply.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { factIdOf } from '../reason/facts.js';
import { REPORTED } from '../reason/reported.js';
import { REASONS } from '../values.js';
import type { Config } from './config/schema.js';
import { isLoopback } from './loopback.js';
import type { Health, PageAnswer, PageFact } from './page-state.js';
import type { Part } from './parts.js';
import type { Room } from './room.js';
import type { Service } from './service.js';
import type { Status } from './status.js';

/** The bundle. */
const FILES = path.join(PACKAGE_ROOT, 'dist', 'page');
const STATE_EVERY_MS = 1000;
const MOST_BODY = 4096;
/** In bytes: a page that takes no more of what it is sent is given up, and connects again when it wakes up. */
const MOST_UNSENT = 1_000_000;
/** From where Home Assistant's ingress asks (developers.home-assistant.io, Presenting your app). */
const INGRESS = '172.30.32.2';
const COOKIE = 'deepinfant';
const PICTURES = ['night', 'weeks', 'accuracy'] as const;

const ROOM = v.pipe(v.string(), v.maxLength(4000));
const ID = v.pipe(v.string(), v.maxLength(500));
const ANSWER: v.GenericSchema<unknown, PageAnswer> = v.object({
  room: ROOM,
  cry: ID,
  reason: v.picklist(REASONS),
});
const FACT: v.GenericSchema<unknown, PageFact> = v.union([
  v.object({ room: ROOM, kind: v.picklist(REPORTED) }),
  v.object({ room: ROOM, withdraw: ID }),
]);

/** What anybody who asks gets: nothing of others, nothing that others embed. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** A request that is refused. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Serves the page, its state, /health and /metrics. All its addresses are relative, so that it works below any path. */
export class PageServer implements Part {
  private readonly server: Server;
  private readonly watchers = new Set<ServerResponse>();
  private sending: NodeJS.Timeout | undefined;
  private sent = '';

  constructor(
    private readonly settings: Config['page'],
    private readonly service: Service,
    private readonly status: Status,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {
    this.server = createServer(
      guard((request: IncomingMessage, response: ServerResponse) => this.answer(request, response)),
    );
  }

  /** @throws DeepInfantError `page` when the port is in use, or the host is not one of this computer */
  async start(): Promise<void> {
    const { host, port } = this.settings;
    this.server.listen(port, host);
    await once(this.server, 'listening').catch((error: unknown) => {
      const isUsed = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      const why = isUsed ? 'the port is in use. Does DeepInfant run already?' : messageOf(error);
      throw new DeepInfantError('page', `Cannot serve the page on ${pageAddress(this.settings)}: ${why}`, {
        cause: error,
      });
    });
    // A connection that cannot be taken, as where too many files are open, is its client's to try again.
    this.server.on('error', () => undefined);
    this.sending = setInterval(
      guard(() => {
        this.sendState();
      }),
      STATE_EVERY_MS,
    );
  }

  async stop(): Promise<void> {
    clearInterval(this.sending);
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = urlOf(request);
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      this.checkOrigin(request);
      const token = url.searchParams.get('token');
      if (token !== null && this.isToken(token)) {
        // From now on the cookie is shown, and the address holds no secret.
        response.setHeader(
          'Set-Cookie',
          `${COOKIE}=${hash(token)}; HttpOnly; SameSite=Strict; Max-Age=31536000`,
        );
        response.writeHead(303, { Location: '.' }).end();
        return;
      }
      if (request.method === 'GET') await this.get(url, request, response);
      else if (request.method === 'POST' && url.pathname === '/answer')
        await this.takeAnswer(request, response);
      else if (request.method === 'POST' && url.pathname === '/fact') await this.takeFact(request, response);
      else throw new Refusal(405, 'There is nothing to do that to.');
    } catch (error) {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const status = error instanceof Refusal ? error.status : error instanceof DeepInfantError ? 400 : 500;
      response
        .writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' })
        .end(`${messageOf(error)}\n`);
    }
  }

  private async get(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const question = url.searchParams;
    if (url.pathname === '/health') {
      this.sendHealth(request, response);
      return;
    }
    if (url.pathname === '/alive') {
      sendJson(response, {});
      return;
    }
    if (!this.isAllowed(request)) throw new Refusal(401, 'Open the page with its token: ?token=TOKEN.');
    switch (url.pathname) {
      case '/':
        send(response, 'text/html', await readFile(path.join(FILES, 'index.html')));
        return;
      case '/page.js':
        send(response, 'text/javascript', await readFile(path.join(FILES, 'page.js')));
        return;
      case '/page.css':
        send(response, 'text/css', await readFile(path.join(FILES, 'page.css')));
        return;
      case '/metrics':
        send(response, 'text/plain; version=0.0.4', this.status.metrics);
        return;
      case '/state':
        this.watch(response);
        return;
      case '/live':
        sendJson(response, this.look(question));
        return;
      case '/journal':
        sendJson(response, { text: (await this.askJournal(question)).text ?? '' });
        return;
      case '/picture':
        send(response, 'image/svg+xml', (await this.askJournal(question)).picture ?? '');
        return;
      default:
        throw new Refusal(404, 'There is no such page.');
    }
  }

  /** Whoever may see the page sees what is wrong; others whether anything is. */
  private sendHealth(request: IncomingMessage, response: ServerResponse): void {
    const { isReady } = this.status;
    const health: Health = { isReady };
    const { shard, sources, connections, rooms } = this.status.state;
    const troubles = rooms.filter(room => room.troubles.length > 0);
    sendJson(
      response,
      this.isAllowed(request) ? { ...health, shard, sources, connections, troubles } : health,
      isReady ? 200 : 503,
    );
  }

  private watch(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
    response.write(`data: ${JSON.stringify(this.status.state)}\n\n`);
    this.watchers.add(response);
    response.on('close', () => this.watchers.delete(response));
  }

  private sendState(): void {
    if (this.watchers.size === 0) return;
    const state = JSON.stringify(this.status.state);
    // A line now and then shows a proxy, and a page whose computer slept, that the connection lives.
    const message = state === this.sent ? ': nothing new\n\n' : `data: ${state}\n\n`;
    this.sent = state;
    for (const watcher of this.watchers) {
      if (watcher.writableLength > MOST_UNSENT) watcher.destroy();
      else watcher.write(message);
    }
  }

  private look(question: URLSearchParams): object {
    const source = question.get('source') ?? '';
    const room = [...this.service.rooms.values()].find(({ sources }) => sources.includes(source));
    return room?.detectors?.views.look(source, Number(question.get('column')) || 0) ?? { sources: [] };
  }

  private async askJournal(question: URLSearchParams): Promise<Reply> {
    const ask = PICTURES.find(known => known === question.get('ask'));
    if (ask === undefined) throw new Refusal(404, 'There is no such picture.');
    const { journal, settings } = this.room(question.get('room') ?? '');
    const now = Date.now();
    const about = ask === 'accuracy' ? ({ ask } as const) : { ask, at: now };
    // What draws is loaded where somebody looks.
    const { replyTo } = await import('../journal/reply.js');
    return replyTo(journal, about, now, settings.language);
  }

  private async takeAnswer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { room, cry, reason } = check(ANSWER, await this.readPosted(request), 'answer');
    const outcome = await this.room(room).execute({ do: 'answer', cry, reason, at: Date.now() });
    sendJson(response, { outcome: outcome.outcome });
  }

  private async takeFact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = check(FACT, await this.readPosted(request), 'fact');
    const room = this.room(given.room);
    if ('withdraw' in given) {
      const { outcome } = await room.execute({ do: 'withdraw-fact', id: given.withdraw });
      sendJson(response, { outcome });
      return;
    }
    const fact = { kind: given.kind, at: Date.now() };
    const id = factIdOf(fact);
    const { outcome } = await room.execute({ do: 'add-fact', fact: { ...fact, id } });
    sendJson(response, { outcome, id });
  }

  /** What somebody who may sends. @throws Refusal @throws DeepInfantError for what is not JSON */
  private async readPosted(request: IncomingMessage): Promise<unknown> {
    if (!this.isAllowed(request)) throw new Refusal(401, 'Open the page with its token: ?token=TOKEN.');
    if (request.headers['content-type'] !== 'application/json') throw new Refusal(415, 'Send JSON.');
    return readJson(request);
  }

  private room(name: string): Room {
    const room = this.service.rooms.get(name)?.room;
    if (room === undefined) throw new Refusal(404, 'There is no such room.');
    return room;
  }

  /** Another website must not ask in the name of whoever looks at it, nor take the name of this server (DNS rebinding). */
  private checkOrigin({ headers, socket }: IncomingMessage): void {
    const site = headers['sec-fetch-site'];
    if (
      site !== undefined &&
      site !== 'same-origin' &&
      site !== 'none' &&
      headers['sec-fetch-mode'] !== 'navigate'
    )
      throw new Refusal(403, 'Another website asked.');
    if (this.settings.token !== undefined || this.isIngress(socket)) return;
    const host = URL.canParse(`http://${headers.host}`) ? new URL(`http://${headers.host}`).hostname : '';
    if (!isLoopback(host.replace(/^\[|\]$/g, '')))
      throw new Refusal(403, 'This page is for this computer only. Add a token to the configuration.');
  }

  private isAllowed({ headers, socket }: IncomingMessage): boolean {
    const { token } = this.settings;
    if (this.isIngress(socket)) return true;
    if (token === undefined) return isLoopback(addressOf(socket));
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return this.isToken(bearer);
    const cookies = (headers.cookie ?? '').split(/;\s*/);
    return cookies.some(cookie => isSame(cookie, `${COOKIE}=${hash(token)}`));
  }

  private isToken(given: string): boolean {
    const { token } = this.settings;
    return token !== undefined && isSame(given, token);
  }

  private isIngress(socket: Socket): boolean {
    return this.env.SUPERVISOR_TOKEN !== undefined && addressOf(socket) === INGRESS;
  }
}

/** Of whoever asks. A server that also listens on IPv6 puts a prefix before other addresses. */
function addressOf({ remoteAddress = '' }: Socket): string {
  return remoteAddress.replace(/^::ffff:/, '');
}

/** @throws Refusal for what is not a path */
function urlOf({ url = '' }: IncomingMessage): URL {
  if (url.startsWith('/') && URL.canParse(`http://page${url}`)) return new URL(`http://page${url}`);
  throw new Refusal(400, 'That is not the path of a page.');
}

/** Where the page is. */
export function pageAddress({ host, port }: Config['page']): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}

function send(response: ServerResponse, type: string, content: string | Buffer): void {
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(content);
}

function sendJson(response: ServerResponse, value: object, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

/** @throws Refusal for what is too long, or not JSON */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BODY) throw new Refusal(413, 'That is too long.');
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString()) as unknown;
  } catch {
    throw new Refusal(400, 'That is not JSON.');
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** In a time that does not depend on where they differ. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hash(a)), Buffer.from(hash(b)));
}
