/**
 * A server that answers as Baby Buddy's API does: lists with `limit` and `offset`, filters by child and time, tokens, and
 * times with their zone. It follows Baby Buddy's openapi-schema.yml and what Baby Buddy at commit fa8bf4c was seen to
 * answer; the tests run against a real Baby Buddy, too, where DEEPINFANT_BABY_BUDDY names one.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export const TOKEN = '4b18a2259177c9891befe9530a8805e328f6fa2d';

type Entry = Record<string, unknown> & { id: number };

const LISTS = ['children', 'changes', 'feedings', 'medication', 'notes', 'sleep', 'temperature'];
/** A filter's property and whether it passes an entry whose property is later. */
const FILTERS: Record<string, string> = { start_min: 'start', end_min: 'end', date_min: 'time' };

export class SmallBabyBuddy {
  port = 0;
  /** The most requests that were answered at the same time. */
  mostAtOnce = 0;
  requests = 0;
  /** Lists that this Baby Buddy is too old to have. */
  readonly lacks = new Set<string>();
  /** The time zone in its user's settings. */
  timeZone = 'America/New_York';
  /** How long it takes to answer, in ms. */
  delayMs = 0;
  /** What it makes of an entry before it sends it. */
  edit = (entry: Entry): object => entry;
  private atOnce = 0;
  private server: Server | undefined;
  private readonly lists = new Map<string, Entry[]>(LISTS.map(list => [list, []]));
  private nextId = 1;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Listens at the port it had before, if any. */
  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server?.close();
    this.server?.closeAllConnections();
    if (this.server?.listening) await once(this.server, 'close');
  }

  add(list: string, given: object): Entry {
    const entry: Entry = { tags: [], ...given, id: this.nextId++ };
    if (list === 'children') entry.slug = String(entry.first_name).toLowerCase();
    this.lists.get(list)!.push(entry);
    return entry;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    const body = await text(request);
    await sleep(this.delayMs);
    const [status, answer] = this.answerTo(request, body);
    this.atOnce--;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(status === 204 ? undefined : JSON.stringify(answer));
  }

  private answerTo({ method, url = '/', headers }: IncomingMessage, body: string): [number, unknown] {
    const { pathname, searchParams } = new URL(url, this.url);
    if (headers.authorization !== `Token ${TOKEN}`) return [403, { detail: 'Invalid token.' }];
    const offered = LISTS.filter(list => !this.lacks.has(list));
    if (pathname === '/api/')
      return [
        200,
        {
          ...Object.fromEntries(offered.map(list => [list, `${this.url}/api/${list}/`])),
          profile: `${this.url}/api/profile`,
        },
      ];
    if (pathname === '/api/profile')
      return [200, { user: {}, language: 'en-US', timezone: this.timeZone, api_key: TOKEN }];
    const [list, key] = pathname.slice('/api/'.length).split('/');
    const entries = this.lists.get(list);
    if (!entries || !offered.includes(list)) return [404, { detail: 'Not found.' }];
    if (method === 'POST') return [201, this.add(list, JSON.parse(body) as object)];
    const index = entries.findIndex(({ id, slug }) => key === String(id) || key === slug);
    if (key !== '' && index < 0) return [404, { detail: 'Not found.' }];
    if (method === 'PATCH') return [200, Object.assign(entries[index], JSON.parse(body) as object)];
    if (method === 'DELETE') return [204, entries.splice(index, 1)];
    return this.page(entries, searchParams);
  }

  private page(entries: Entry[], query: URLSearchParams): [number, unknown] {
    const child = query.get('child');
    if (child !== null && !this.lists.get('children')!.some(({ id }) => String(id) === child))
      return [400, { child: ['Select a valid choice. That choice is not one of the available choices.'] }];
    const found = entries
      .filter(entry => child === null || String(entry.child) === child)
      .filter(entry =>
        Object.entries(FILTERS).every(([filter, property]) => {
          const least = query.get(filter);
          return least === null || Date.parse(String(entry[property])) >= Date.parse(least);
        }),
      );
    const offset = Number(query.get('offset') ?? 0);
    const limit = Number(query.get('limit') ?? 100);
    const results = found
      .slice(offset, offset + limit)
      .map(inNewYork)
      .map(this.edit);
    const next =
      offset + limit < found.length ? `${this.url}/?limit=${limit}&offset=${offset + limit}` : null;
    return [200, { count: found.length, next, previous: null, results }];
  }
}

/** Times as a Baby Buddy in New York writes them in winter. */
function inNewYork(entry: Entry): Entry {
  const written = Object.entries(entry).map(([name, value]) => {
    if (!['start', 'end', 'time'].includes(name)) return [name, value];
    const there = new Date(Date.parse(String(value)) - 5 * 3_600_000).toISOString();
    return [name, there.replace('Z', '-05:00')];
  });
  return Object.fromEntries(written) as Entry;
}

/** Enters, edits and deletes as a family does, over the API. */
export class Family {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** @returns its id */
  async add(list: string, entry: object): Promise<number> {
    return ((await this.ask('POST', `${list}/`, entry)) as Entry).id;
  }

  async edit(list: string, key: number | string, entry: object): Promise<void> {
    await this.ask('PATCH', `${list}/${key}/`, entry);
  }

  async delete(list: string, key: number | string): Promise<void> {
    await this.ask('DELETE', `${list}/${key}/`);
  }

  private async ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { authorization: `Token ${this.token}`, 'content-type': 'application/json' };
    const response = await fetch(`${this.url}/api/${path}`, { method, headers, body: JSON.stringify(body) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return answer === '' ? undefined : JSON.parse(answer);
  }
}
