import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BabyBuddy, type BabyBuddyHealth, type BabyBuddySettings } from '../../src/baby/baby-buddy.js';
import type { ContextFact } from '../../src/reason/facts.js';
import { setHomeZone } from '../../src/wall-clock.js';
import { TestServer } from '../audio/cameras/json-server.js';
import { Family, SmallBabyBuddy, TOKEN } from './baby-buddy-server.js';

/** Address of a real Baby Buddy, and the API key of a user who may change everything. */
const { DEEPINFANT_BABY_BUDDY: REAL_URL, DEEPINFANT_BABY_BUDDY_TOKEN: REAL_TOKEN = '' } = process.env;

const MINUTE_MS = 60_000;
const POLL_MS = 50;

/** What Baby Buddy told so far. */
class Follower {
  readonly healths: BabyBuddyHealth[] = [];
  found: ContextFact[] | undefined;
  private readonly follower: BabyBuddy;

  constructor(settings: Partial<BabyBuddySettings>) {
    const all = { url: '', token: TOKEN, child: '', ...settings };
    const listener = {
      receiveFacts: (facts: ContextFact[]) => {
        this.found = facts;
      },
      receiveHealth: (health: BabyBuddyHealth) => {
        this.healths.push(health);
      },
    };
    this.follower = new BabyBuddy(all, listener, POLL_MS, () => 0);
    this.follower.start();
  }

  get last(): { state: string; error?: string; warning?: string } {
    return this.healths.at(-1)!;
  }

  async until(matches: () => boolean): Promise<void> {
    for (let i = 0; i < 400; i++) {
      if (matches()) return;
      await sleep(20);
    }
    assert.fail(JSON.stringify({ healths: this.healths, facts: this.found }));
  }

  stop(): Promise<void> {
    return this.follower.stop();
  }
}

describe('Baby Buddy', function () {
  this.timeout(20_000);
  const followers: Follower[] = [];
  const follow = (settings: Partial<BabyBuddySettings>): Follower => {
    const follower = new Follower(settings);
    followers.push(follower);
    return follower;
  };
  afterEach(async () => {
    await Promise.all(followers.splice(0).map(follower => follower.stop()));
  });

  const servers = { 'a small server': undefined, 'a real Baby Buddy': REAL_URL };
  for (const [name, realUrl] of Object.entries(servers)) {
    describe(`as ${name} has it`, () => {
      const small = new SmallBabyBuddy();
      let family: Family;
      let url: string;
      let token: string;
      let mia: number;
      const children: string[] = [];
      const minutesAgo = (minutes: number): string =>
        new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * MINUTE_MS).toISOString();

      async function bear(name: string): Promise<number> {
        const called = `${name}${Date.now()}`;
        children.push(called);
        return family.add('children', { first_name: called, last_name: '', birth_date: '2026-01-01' });
      }

      before(async function () {
        if (name === 'a real Baby Buddy' && realUrl === undefined) {
          console.log(
            '      skipped: no Baby Buddy named in DEEPINFANT_BABY_BUDDY and DEEPINFANT_BABY_BUDDY_TOKEN',
          );
          this.skip();
        }
        if (realUrl === undefined) await small.start();
        [url, token] = realUrl === undefined ? [small.url, TOKEN] : [realUrl, REAL_TOKEN];
        family = new Family(url, token);
      });
      beforeEach(async () => {
        mia = await bear('Mia');
        await bear('Ben');
      });
      afterEach(async () => {
        for (const child of children.splice(0)) await family.delete('children', child.toLowerCase());
      });
      after(() => small.stop());

      it('tells what was entered of the child that is named', async () => {
        const entered = minutesAgo(30);
        const at = Date.parse(entered);
        const ben = await bear('Ben');
        await family.add('feedings', {
          child: ben,
          start: minutesAgo(9),
          end: minutesAgo(8),
          type: 'formula',
          method: 'bottle',
        });
        const span = { child: mia, start: minutesAgo(90), end: entered };
        const feed = await family.add('feedings', { ...span, type: 'formula', method: 'bottle' });
        const nap = await family.add('sleep', span);
        const entry = { child: mia, time: entered };
        const change = await family.add('changes', { ...entry, wet: true, solid: false });
        const medicine = await family.add('medication', { ...entry, name: 'D3' });
        const warm = await family.add('temperature', { ...entry, temperature: 100.4 });
        await family.add('temperature', { ...entry, temperature: 1004 });
        const burp = await family.add('notes', { ...entry, note: 'a loud one', tags: ['burp'] });
        await family.add('notes', { ...entry, note: 'smiled' });

        const follower = follow({ url, token, child: children[0] });
        await follower.until(() => follower.found !== undefined);
        const began = Date.parse(span.start);
        assert.deepEqual(follower.found, [
          { kind: 'feed', id: `baby-buddy/feedings/${feed}`, at: began },
          { kind: 'sleep', id: `baby-buddy/sleep/${nap}/start`, at: began },
          { kind: 'wake', id: `baby-buddy/sleep/${nap}/end`, at },
          { kind: 'change', id: `baby-buddy/changes/${change}`, at },
          { kind: 'medicine', id: `baby-buddy/medication/${medicine}`, at },
          { kind: 'temperature', id: `baby-buddy/temperature/${warm}`, at, celsius: 38 },
          { kind: 'burp', id: `baby-buddy/notes/${burp}`, at },
        ]);
        assert.deepEqual(
          follower.healths.map(({ state }) => state),
          ['connecting', 'connected'],
        );
      });

      it('follows entries that are edited and deleted, under the same id', async () => {
        const change = { child: mia, wet: true, solid: false };
        const first = await family.add('changes', { ...change, time: minutesAgo(60) });
        const second = await family.add('changes', { ...change, time: minutesAgo(30) });
        const follower = follow({ url, token, child: children[0] });
        await follower.until(() => follower.found?.length === 2);
        const edited = minutesAgo(50);
        await family.edit('changes', first, { time: edited });
        await family.delete('changes', second);
        await follower.until(() => follower.found?.length === 1);
        assert.equal(follower.found![0].id, `baby-buddy/changes/${first}`);
        assert.equal(follower.found![0].at, Date.parse(edited));
      });

      it('asks for a name where there are several children, and for another where there is none', async () => {
        for (const [child, text] of Object.entries({
          '': /^Baby Buddy has several children: enter one child's name\. .*Mia\d+/,
          Zoe: /^Baby Buddy has no child called 'Zoe'.*Ben\d+/,
        })) {
          const follower = follow({ url, token, child });
          await follower.until(() => follower.last.state === 'no-such-child');
          assert.match(follower.last.error!, text);
        }
        const lowerCase = follow({ url, token, child: children[0].toLowerCase() });
        await lowerCase.until(() => lowerCase.last.state === 'connected');
      });

      it('tells that the token is wrong, and does not show it', async () => {
        for (const wrong of ['f'.repeat(40), 'not a\ntoken', '']) {
          const follower = follow({ url, token: wrong });
          await follower.until(() => follower.last.state === 'wrong-token');
          assert.match(follower.last.error!, /page Settings/);
          assert(wrong === '' || !JSON.stringify(follower.healths).includes(wrong.slice(0, 5)));
        }
      });
    });
  }

  it('is found again when it was away, with one request at a time', async () => {
    const small = new SmallBabyBuddy();
    small.delayMs = 20;
    await small.start();
    const family = new Family(small.url, TOKEN);
    const child = await family.add('children', { first_name: 'Mia', last_name: '' });
    small.mostAtOnce = 0;
    const follower = follow({ url: small.url });
    await follower.until(() => follower.last.state === 'connected');
    await small.stop();
    await follower.until(() => follower.last.state === 'unreachable');
    assert.match(follower.last.error!, /cannot be reached/);
    await small.start();
    await family.add('changes', { child, time: new Date().toISOString() });
    await follower.until(() => follower.last.state === 'connected' && follower.found?.length === 1);
    assert(small.mostAtOnce <= 2, 'the one of the test and one more');
    await follower.stop();
    const { requests } = small;
    await sleep(3 * POLL_MS);
    assert.equal(small.requests, requests, 'none after it was stopped');
    await small.stop();
  });

  it('reads a list of several pages, and one that lacks newer lists', async () => {
    const small = new SmallBabyBuddy();
    await small.start();
    small.lacks.add('medication').add('temperature');
    const family = new Family(small.url, TOKEN);
    const child = await family.add('children', { first_name: 'Mia', last_name: 'Lee' });
    const time = new Date().toISOString();
    for (let i = 0; i < 501; i++) small.add('changes', { child, time });
    const follower = follow({ url: small.url, child: 'mia lee' });
    await follower.until(() => follower.found !== undefined);
    assert.equal(new Set(follower.found!.map(({ id }) => id)).size, 501);
    await small.stop();
  });

  const lists = { children: '', feedings: '' };
  const results = [{ id: 1, first_name: 'Mia', last_name: '', slug: 'mia' }];
  const children = { count: 1, next: null, results };
  const strangers: Record<string, [answers: Record<string, unknown>, text: RegExp]> = {
    'another service': [{ '/api/': { message: 'API running.' } }, /does not seem to be Baby Buddy.*children/],
    'a page': [{ '/api/': (r: ServerResponse) => r.end('<html>') }, /reply is not JSON/],
    'a list that is none': [
      { '/api/': lists, '/api/children/?&limit=500&offset=0': [] },
      /'children' is not a list/,
    ],
    'a list without end': [
      {
        '/api/': lists,
        '/api/children/?&limit=500&offset=0': children,
        feedings: { next: 'more', results: Array.from({ length: 500 }, () => ({ id: 1 })) },
      },
      /'feedings' does not end/,
    ],
  };
  for (const [name, [answers, text]] of Object.entries(strangers)) {
    it(`refuses ${name}`, async () => {
      // The path of a list holds the time: it is answered whatever it is.
      const server = await TestServer.start(
        new Proxy(answers, {
          get: (target, path: string) => target[path.startsWith('/api/feedings/') ? 'feedings' : path],
        }),
      );
      const follower = follow({ url: server.host });
      await follower.until(() => follower.last.state === 'unreachable');
      assert.match(follower.last.error!, text);
      assert.equal(follower.found, undefined);
      await follower.stop();
      await server.stop();
    });
  }

  it('reads the rest where an entry lacks a time', async () => {
    const small = new SmallBabyBuddy();
    await small.start();
    const { id: child } = small.add('children', { first_name: 'Mia', last_name: '' });
    const time = new Date().toISOString();
    const nap = small.add('sleep', { child, start: time, end: time });
    const odd = small.add('changes', { child, time });
    const feed = small.add('feedings', { child, start: time });
    small.edit = entry => ({
      ...entry,
      ...(entry.id === nap.id && { end: null }),
      ...(entry.id === odd.id && { time: '2026-01-31 08:00' }),
    });
    const follower = follow({ url: small.url });
    await follower.until(() => follower.found !== undefined);
    assert.deepEqual(
      follower.found!.map(({ id }) => id),
      [`baby-buddy/feedings/${feed.id}`, `baby-buddy/sleep/${nap.id}/start`],
    );
    assert.equal(follower.last.state, 'connected');
    await small.stop();
  });

  const refusals: [status: number, headers: Record<string, string>, text: RegExp][] = [
    [
      429,
      {},
      /^Baby Buddy at \S+ gets too many requests \(429 Too Many Requests\)\. It is asked again later\.$/,
    ],
    [503, {}, /^Baby Buddy at \S+ does not work \(503 Service Unavailable\)\. It may be starting;/],
    [500, {}, /^Baby Buddy at \S+ does not work \(500 Internal Server Error\)/],
    [
      301,
      { location: 'https://baby.example/buddy/api/' },
      /^Baby Buddy at \S+ has moved \(301 Moved Permanently\)\. Enter its new address: https:\/\/baby\.example\/buddy\/$/,
    ],
    [308, { location: 'https://baby.example/api/' }, /Enter its new address: https:\/\/baby\.example\/$/],
    [301, { location: 'http://[' }, /it replies 301/],
    [302, { location: '/login/?next=/api/' }, /asks for a login\. Enter the key/],
    [404, {}, /does not seem to be Baby Buddy: it replies 404 Not Found to \/api\//],
  ];
  for (const [status, headers, text] of refusals) {
    it(`names a reply of ${status} as what it is, and goes on after it`, async () => {
      let isMended = false;
      const server = await TestServer.start({
        '/api/': (response: ServerResponse) =>
          isMended ? response.end(JSON.stringify(lists)) : response.writeHead(status, headers).end(),
        '/api/children/?&limit=500&offset=0': children,
      });
      const follower = follow({ url: server.host });
      await follower.until(() => follower.last.error !== undefined);
      assert.match(follower.last.error!, text);
      isMended = true;
      // The feedings are not there: the poll went on.
      await follower.until(() => /\/api\/feedings\//.test(follower.last.error!));
      await follower.stop();
      await server.stop();
    });
  }

  it('takes a key as it is pasted', async () => {
    const small = new SmallBabyBuddy();
    await small.start();
    small.add('children', { first_name: 'Mia', last_name: '' });
    for (const token of [` ${TOKEN} `, `\t${TOKEN}\n`, `Token ${TOKEN}`]) {
      const follower = follow({ url: small.url, token });
      await follower.until(() => follower.last.state === 'connected');
      await follower.stop();
    }
    await small.stop();
  });

  it("warns where the user's time zone there is not the home's", async () => {
    const small = new SmallBabyBuddy();
    await small.start();
    small.add('children', { first_name: 'Mia', last_name: '' });
    setHomeZone('Asia/Kolkata');
    try {
      small.timeZone = 'UTC';
      const wrong = follow({ url: small.url });
      await wrong.until(() => wrong.last.state === 'connected');
      assert.equal(
        wrong.last.warning,
        "Baby Buddy's clock is 5 h 30 min behind the clock at home: what you enter there counts for another time. Set the time zone in your settings there, which is UTC now.",
      );
      small.timeZone = 'Asia/Colombo';
      await wrong.until(() => wrong.last.warning === undefined);
      await wrong.stop();
    } finally {
      setHomeZone(undefined);
      await small.stop();
    }
  });

  it('names an address that is none', async () => {
    const follower = follow({ url: 'http://me:secret@host/' });
    await follower.until(() => follower.last.state === 'unreachable');
    assert.match(follower.last.error!, /^Enter a host name/);
    assert(!follower.last.error!.includes('secret'));
  });
});
