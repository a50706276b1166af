/**
 * The entries of a family in Baby Buddy, as facts.
 *
 * Baby Buddy (github.com/babybuddy/babybuddy, its openapi-schema.yml) has a REST API and no webhooks, so it is polled
 * every minute. Its times have their zone. An edited entry keeps its id; a deleted one is no longer listed. What a person
 * enters is taken to be in the zone of that person's settings.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../backoff.js';
import { encodePart } from '../encode-part.js';
import { codeOf, DeepInfantError, messageOf } from '../errors.js';
import { getJson, notTheServer, serverUrl, undefinedIfMissing, type JsonServer } from '../get-json.js';
import { at, entries, isObject, numberOf, textOf } from '../unknown-data.js';
import { degreesCelsius } from '../reason/degrees.js';
import { checkFact, type ContextFact, type ContextKind } from '../reason/facts.js';
import { durationText } from '../texts/duration.js';
import { wallClockAt } from '../wall-clock.js';

export interface BabyBuddySettings {
  /** Host, host:port or http address, with Baby Buddy's path if it has one. */
  url: string;
  /** API key of a Baby Buddy user who may see the child. */
  token: string;
  /** First name, full name or slug of the child; '' where there is only one. */
  child: string;
}

export interface BabyBuddyTrouble {
  state: 'unreachable' | 'wrong-token' | 'no-such-child';
  /** What is wrong and what to do. */
  error: string;
}
/** `warning` says how the entries may be wrong all the same. */
export type BabyBuddyHealth =
  { state: 'connecting' } | { state: 'connected'; warning?: string } | BabyBuddyTrouble;

export interface BabyBuddyListener {
  /** Receives all facts about the child from `sinceMs` on (epoch ms). Their ids begin with BABY_BUDDY_IDS. */
  receiveFacts(facts: ContextFact[], sinceMs: number): void;
  /** Receives the state of the connection when it changes. */
  receiveHealth(health: BabyBuddyHealth): void;
}

export const BABY_BUDDY_IDS = 'baby-buddy/';

/** Port of Baby Buddy's container and of its Home Assistant add-on. */
const PORT = 8000;
const POLL_MS = 60_000;
/** Nothing older than this is asked for. */
const HISTORY_MS = 7 * 24 * 3_600_000;
/** Entries in one request. */
const PAGE = 500;
/** More entries than any week has: a server with more is broken. */
const MOST_ENTRIES = 10_000;

type Entry = Record<string, unknown>;
/** A kind of entry: which of its times make which facts, and the query field to find it by time. */
interface EntryKind {
  since: 'start_min' | 'end_min' | 'date_min';
  facts: (entry: Entry) => (Omit<ContextFact, 'at'> & { time: 'start' | 'end' | 'time' })[];
}

/** By the path of their list. An old Baby Buddy lacks some. */
const ENTRY_KINDS: Record<string, EntryKind> = {
  feedings: { since: 'start_min', facts: () => [{ kind: 'feed', time: 'start' }] },
  sleep: {
    since: 'end_min',
    facts: ({ id }) => [
      { kind: 'sleep', time: 'start', id: `${textOf(id)}/start` },
      { kind: 'wake', time: 'end', id: `${textOf(id)}/end` },
    ],
  },
  changes: timedKind('change'),
  medication: timedKind('medicine'),
  temperature: {
    since: 'date_min',
    facts: ({ temperature }) => [
      { kind: 'temperature', time: 'time', celsius: degreesCelsius(numberOf(temperature)) },
    ],
  },
  // Baby Buddy has no burps; a note with this tag stands for one.
  notes: {
    since: 'date_min',
    facts: ({ tags }) =>
      Array.isArray(tags) && tags.includes('burp') ? [{ kind: 'burp', time: 'time' }] : [],
  },
};

function timedKind(kind: ContextKind): EntryKind {
  return { since: 'date_min', facts: () => [{ kind, time: 'time' }] };
}

/** Follows one child's entries in Baby Buddy, one request at a time. */
export class BabyBuddy {
  private readonly stopping = new AbortController();
  private readonly backoff: Backoff;
  private running: Promise<void> = Promise.resolve();
  private reported = '';

  /**
   * @param pollMs from one poll to the next
   * @param random gives numbers in [0, 1)
   */
  constructor(
    private readonly settings: BabyBuddySettings,
    private readonly listener: BabyBuddyListener,
    private readonly pollMs = POLL_MS,
    random: () => number = Math.random,
  ) {
    this.backoff = new Backoff(random);
  }

  start(): void {
    this.running = this.run();
  }

  /** Resolves when nothing is running any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    this.report({ state: 'connecting' });
    while (!signal.aborted) {
      const waitMs = await this.poll();
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns how long to wait until the next poll, in ms */
  private async poll(): Promise<number> {
    const { signal } = this.stopping;
    try {
      const sinceMs = Date.now() - HISTORY_MS;
      const { facts, warning } = await childFacts(this.settings, sinceMs, signal);
      signal.throwIfAborted();
      this.backoff.reset();
      this.listener.receiveFacts(facts, sinceMs);
      this.report({ state: 'connected', ...(warning && { warning }) });
      return this.pollMs;
    } catch (error) {
      if (signal.aborted) return 0;
      this.report({ state: stateOf(error), error: messageOf(error) });
      return this.backoff.next();
    }
  }

  private report(health: BabyBuddyHealth): void {
    const text = JSON.stringify(health);
    if (text === this.reported) return;
    this.reported = text;
    this.listener.receiveHealth(health);
  }
}

function stateOf(error: unknown): BabyBuddyTrouble['state'] {
  const code = codeOf(error);
  if (code === 'wants-login') return 'wrong-token';
  return code === 'no-such-child' ? code : 'unreachable';
}

/**
 * The facts about a child from `sinceMs` on (epoch ms), in the order of the lists.
 * @throws DeepInfantError `bad-address`, `no-such-child`, and as `getJson` does
 */
async function childFacts(
  settings: BabyBuddySettings,
  sinceMs: number,
  signal: AbortSignal,
): Promise<{ facts: ContextFact[]; warning?: string }> {
  const server = serverOf(settings);
  const lists = entries(await getJson(server, 'api/', signal)).map(([path]) => path);
  if (!lists.includes('children')) throw notTheServer(server, 'it has no list of children');
  const child = findChild(await fetchList(server, 'children', '', signal), settings.child);
  const found: ContextFact[] = [];
  for (const [path, { since, facts }] of Object.entries(ENTRY_KINDS)) {
    if (!lists.includes(path)) continue;
    const query = `child=${encodePart(textOf(child))}&${since}=${new Date(sinceMs).toISOString()}`;
    for (const entry of await fetchList(server, path, query, signal)) {
      const inList = `${BABY_BUDDY_IDS}${path}/`;
      for (const { time, id = textOf(entry.id), ...fact } of facts(entry))
        found.push({ ...fact, id: inList + id, at: readTime(entry[time]) });
    }
  }
  const warning = lists.includes('profile') ? await zoneWarning(server, signal) : undefined;
  // A mistyped temperature, or a sleep without an end, does not keep the rest away.
  return { facts: found.filter(isPossible), ...(warning && { warning }) };
}

/** What is wrong with the time zone in which the user enters times, if anything. */
async function zoneWarning(server: JsonServer, signal: AbortSignal): Promise<string | undefined> {
  const profile = await getJson(server, 'api/profile', signal).catch(undefinedIfMissing);
  const timeZone = at(profile, 'timezone');
  if (typeof timeZone !== 'string') return undefined;
  try {
    const now = Date.now();
    const minutes = Math.round((wallClockAt(now, timeZone) - wallClockAt(now)) / 60_000);
    if (minutes === 0) return undefined;
    const apart = `${durationText(60 * Math.abs(minutes))} ${minutes < 0 ? 'behind' : 'ahead of'}`;
    return `Baby Buddy's clock is ${apart} the clock at home: what you enter there counts for another time. Set the time zone in your settings there, which is ${timeZone} now.`;
  } catch {
    return undefined; // A zone that is not known here.
  }
}

function serverOf({ url, token }: BabyBuddySettings): JsonServer {
  const server = {
    name: 'Baby Buddy',
    url: serverUrl(url, PORT),
    loginAdvice:
      "Enter the key from Baby Buddy's page Settings, API; its user must be allowed to see the child.",
  };
  // As it is pasted: with the spaces and the line that were selected along with it, or with the header's first word.
  const key = token.trim().replace(/^Token\s+/i, '');
  if (key === '')
    throw new DeepInfantError('wants-login', `The API key for Baby Buddy is missing. ${server.loginAdvice}`);
  // Anything but a token must not get into a header: the error of fetch would show it.
  if (!/^\w+$/.test(key))
    throw new DeepInfantError(
      'wants-login',
      `The API key for Baby Buddy contains characters that no key has. ${server.loginAdvice}`,
    );
  return { ...server, headers: { authorization: `Token ${key}` } };
}

/** All entries of a list, page by page. */
async function fetchList(
  server: JsonServer,
  path: string,
  query: string,
  signal: AbortSignal,
): Promise<Entry[]> {
  const found: Entry[] = [];
  for (;;) {
    const page = await getJson(server, `api/${path}/?${query}&limit=${PAGE}&offset=${found.length}`, signal);
    if (!isObject(page) || !Array.isArray(page.results) || !page.results.every(isObject))
      throw notTheServer(server, `its reply for '${path}' is not a list`);
    found.push(...page.results);
    if (page.next === null || page.results.length === 0) return found;
    if (found.length > MOST_ENTRIES) throw notTheServer(server, `its list '${path}' does not end`);
  }
}

/** @returns the id of the child that a person calls `wanted` */
function findChild(children: Entry[], wanted: string): unknown {
  const known = children.map(({ id, slug, first_name, last_name }) => {
    const [first, last] = [textOf(first_name), textOf(last_name)];
    return { id, names: [first, `${first} ${last}`.trim(), textOf(slug)] };
  });
  const name = wanted.trim().toLowerCase();
  const found = known.filter(({ names }) => name === '' || names.some(one => one.toLowerCase() === name));
  if (found.length === 1) return found[0].id;
  const count = found.length === 0 ? 'no child' : 'several children';
  const problem = name === '' ? count : `${count} called '${wanted.trim()}'`;
  const visible = known.map(({ names }) => names[1]).join(', ') || 'none';
  throw new DeepInfantError(
    'no-such-child',
    `Baby Buddy has ${problem}: enter one child's name. This user can see: ${visible}.`,
  );
}

function isPossible(fact: ContextFact): boolean {
  try {
    checkFact(fact);
    return true;
  } catch {
    return false;
  }
}

/** Epoch ms of a time with its zone, as Baby Buddy writes them; NaN for anything else. */
function readTime(time: unknown): number {
  return typeof time === 'string' && /(Z|[+-]\d\d:?\d\d)$/.test(time) ? Date.parse(time) : NaN;
}
