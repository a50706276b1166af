import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request as ask, type Server } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { AxeResults } from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { concat } from '../../src/concat.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { parseConfig } from '../../src/serve/config/read.js';
import { Listener } from '../../src/serve/listener.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { freePort } from '../free-port.js';
import { launchBrowser } from '../home-assistant/owner-page.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';

const TOKEN = 'lullaby-and-goodnight';
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

describe('The page of serve', function () {
  this.timeout(90_000);
  let folder: string;
  let listener: Listener;
  let port: number;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-page-'));
    const cry = synthesiseCry({ seed: 1, durationS: 60 });
    writeFileSync(
      path.join(folder, 'cry.wav'),
      writeWav(concat([cry, new Float32Array(10 * SAMPLE_RATE)]), { rate: SAMPLE_RATE }),
    );
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    port = await freePort();
    listener = new Listener(mkdtempSync(path.join(folder, 'data-')), () => undefined);
  });
  afterEach(() => listener.stop());

  const use = (
    page = '',
    sources = '{ type: recording, name: Cot, path: cry.wav }',
    more = '',
    babies = '{ name: Mia }',
  ): Promise<void> =>
    listener.use(
      parseConfig(
        Buffer.from(`babies: [${babies}]\nsources: [${sources}]\npage: { port: ${port}${page} }\n${more}`),
        'test.yaml',
        { folder, env: {} },
      ),
    );

  interface Reply {
    status: number;
    text: string;
    headers: Record<string, string | string[] | undefined>;
  }
  /** As it is written: fetch would mend the path. */
  async function get(
    pathname: string,
    headers: Record<string, string> = {},
    { method = 'GET', body = '' } = {},
  ): Promise<Reply> {
    const request = ask({ host: '127.0.0.1', port, path: pathname, headers, method });
    request.end(body);
    const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
    return { status: response.statusCode!, text: Buffer.concat(parts).toString(), headers: response.headers };
  }
  const crying = (): Promise<void> =>
    until(() => listener.service.rooms.get('Mia')?.room?.newest?.isRunning === true, 'a cry', 30_000);

  it('says whether every source is heard, and what monitoring asks for', async () => {
    await use();
    await until(async () => (await get('/health')).status === 200, 'readiness');
    await until(() => listener.service.cries.get('Cot') === 1, 'a cry', 30_000);
    const { text } = await get('/metrics');
    assert.match(text, /^# TYPE deepinfant_source_up gauge\ndeepinfant_source_up\{source="Cot"\} 1$/m);
    assert.match(text, /^deepinfant_source_cries_total\{source="Cot"\} 1$/m);
    assert.match(text, /^deepinfant_room_crying\{room="Mia"\} 1$/m);
    assert.match(text, /^deepinfant_source_lost_seconds_total\{source="Cot"\} 0$/m);
    for (const line of text.trim().split('\n'))
      assert.match(line, /^(# (HELP|TYPE) deepinfant_\w+ .+|deepinfant_\w+(\{\w+="[^"]*"\})? -?[\d.e-]+)$/);
    await listener.service.sources.get('Cot')!.stop();
    assert.equal((await get('/health')).status, 503);
  });

  it('says which shard it is, what that waits for, and that it is ready all the same', async () => {
    await use();
    const holder = mkdtempSync(path.join(folder, 'shards-'));
    const shard = new Listener(holder, () => undefined, { number: 1, of: 1 });
    const waiting = new Listener(holder, () => undefined, { number: 1, of: 1 });
    await listener.stop();
    try {
      const yaml = (page: number): Buffer =>
        Buffer.from(
          `babies: [{ name: Mia }]\nsources: [{ type: recording, name: Cot, path: cry.wav }]\npage: { port: ${page} }\n`,
        );
      await shard.use(parseConfig(yaml(await freePort()), 'test.yaml', { folder, env: {} }));
      await waiting.use(parseConfig(yaml(port), 'test.yaml', { folder, env: {} }));
      const { status, text } = await get('/health');
      const health = JSON.parse(text) as { shard: unknown; sources: unknown[] };
      assert.deepEqual([status, health.sources], [200, []]);
      const why = /^The room in .* is in use by this process/;
      const { waiting: rooms, ...rest } = health.shard as { waiting: { room: string; why: string }[] };
      assert.deepEqual(rest, { number: 1, of: 1 });
      assert.equal(rooms.length, 1);
      assert.equal(rooms[0].room, 'Mia');
      assert.match(rooms[0].why, why);
      const { text: metrics } = await get('/metrics');
      assert.match(metrics, /^deepinfant_shard_info\{shard="1",of="1"\} 1$/m);
      assert.match(metrics, /^deepinfant_room_waiting\{room="Mia"\} 1$/m);
      assert.deepEqual([(await get('/alive')).status, (await get('/alive')).text], [200, '{}']);
      await shard.stop();
      await until(() => waiting.service.rooms.has('Mia'), 'its room');
      assert.match((await get('/metrics')).text, /^deepinfant_room_waiting\{room="Mia"\} 0$/m);
    } finally {
      await shard.stop();
      await waiting.stop();
    }
  });

  it('refuses hostile requests', async () => {
    await use();
    for (const pathname of [
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/page.js/../../package.json',
      '//evil.example/',
      '/page.js%00',
      '/picture?ask=export&room=Mia',
      '/picture?ask=night&room=__proto__',
      '/journal?ask=forget&room=Mia',
    ])
      assert.equal((await get(pathname)).status, 404, pathname);
    const status = async (...of: Parameters<typeof get>): Promise<number> => (await get(...of)).status;
    assert.equal(await status('/', { host: 'evil.example' }), 403);
    assert.equal(await status('/state', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }), 403);
    assert.equal(await status('/', {}, { method: 'DELETE' }), 405);
    const json = { 'content-type': 'application/json' };
    const post = (body: string, headers: Record<string, string> = json, to = '/answer'): Promise<number> =>
      status(to, headers, { method: 'POST', body });
    assert.equal(await post('{}', { 'content-type': 'text/plain' }), 415);
    assert.equal(await post('{'), 400);
    assert.equal(await post('{"room":"Mia","cry":"x","reason":"bored"}'), 400);
    assert.equal(await post('{"room":"Leo","cry":"x","reason":"hungry"}'), 404);
    assert.equal(await post(`"${'x'.repeat(5000)}"`), 413);
    assert.equal(await post('{}', { 'content-type': 'text/plain' }, '/fact'), 415);
    assert.equal(await post('{"room":"Mia","kind":"party"}', json, '/fact'), 400);
    assert.equal(await post('{"room":"Mia","kind":"temperature"}', json, '/fact'), 400);
    assert.equal(await post('{"room":"Leo","kind":"feed"}', json, '/fact'), 404);
    const { headers } = await get('/');
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self'/);
  });

  it('shows nothing without its token, and keeps that in a cookie', async () => {
    await use(`, host: 127.0.0.1, token: ${TOKEN}`);
    for (const pathname of ['/', '/page.js', '/state', '/metrics', '/live', '/picture?ask=night&room=Mia'])
      assert.equal((await get(pathname)).status, 401, pathname);
    assert.equal((await get('/?token=wrong-wrong-wrong-wrong')).status, 401);
    assert.deepEqual(Object.keys(JSON.parse((await get('/health')).text) as object), ['isReady']);
    assert.equal((await get('/metrics', { authorization: `Bearer ${TOKEN}` })).status, 200);
    const { status, headers } = await get(`/?token=${TOKEN}`);
    assert.equal(status, 303);
    const [cookie] = headers['set-cookie'] as string[];
    assert.match(cookie, /; HttpOnly; SameSite=Strict;/);
    assert.ok(!cookie.includes(TOKEN));
    assert.equal((await get('/', { cookie: cookie.split(';')[0], host: 'nursery.example' })).status, 200);
  });

  it('gives up a page that takes nothing of what it is sent', async () => {
    await use();
    const sleeper = connect(port, '127.0.0.1');
    let isClosed = false;
    sleeper.on('error', () => undefined);
    sleeper.on('close', () => (isClosed = true));
    sleeper.write('GET /state HTTP/1.1\r\nHost: localhost\r\n\r\n');
    // More than the system keeps for it, with every second that brings something new.
    for (let i = 0; i < 50; i++) listener.report('Test', 'x'.repeat(200_000));
    await until(
      () => {
        listener.report('Test', `${performance.now()}`.padEnd(200_000));
        // Nobody reads, so only what is written shows that nobody is there any more.
        sleeper.write('\r\n');
        return isClosed;
      },
      'the end of the connection',
      40_000,
    );
    assert.equal((await get('/')).status, 200);
  });

  it('is small', () => {
    const files = ['page.js', 'page.css', 'index.html'].map(name =>
      path.join(PACKAGE_ROOT, 'dist/page', name),
    );
    const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    console.log(`      ${(bytes / 1000).toFixed(1)} kB gzip, ${statSync(files[0]).size} bytes of script`);
    assert.ok(bytes < 60_000);
  });

  describe('in a browser', () => {
    let browser: Browser;
    let proxy: Server;
    before(async function () {
      needTools(this, 'chromium');
      browser = await launchBrowser();
    });
    after(() => browser.close());
    afterEach(() => {
      proxy.closeAllConnections();
      proxy.close();
    });

    /** Opens the page below a path, as Home Assistant's ingress shows it. */
    async function open(width: number, dark: boolean): Promise<{ page: Page; errors: string[] }> {
      proxy = createServer((incoming, outgoing) => {
        const { url = '', method, headers } = incoming;
        const forwarded = ask(
          {
            host: '127.0.0.1',
            port,
            path: url.replace('/ingress/x', ''),
            method,
            headers: { ...headers, host: 'localhost' },
          },
          reply => {
            outgoing.writeHead(reply.statusCode!, reply.headers);
            reply.pipe(outgoing);
          },
        );
        outgoing.on('close', () => forwarded.destroy());
        incoming.pipe(forwarded);
      }).listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      const { port: proxyPort } = proxy.address() as import('node:net').AddressInfo;
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme: dark ? 'dark' : 'light',
        bypassCSP: true,
      });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', error => errors.push(error.message));
      page.on('console', message => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(`http://127.0.0.1:${proxyPort}/ingress/x/`);
      return { page, errors };
    }

    for (const [width, dark] of [
      [1280, false],
      [390, true],
    ] as const)
      it(`shows who cries and takes an answer, without a violation, at ${width} px ${dark ? 'dark' : 'light'}`, async () => {
        await use();
        await crying();
        const { page, errors } = await open(width, dark);
        await page.getByText('Mia has been crying').first().waitFor();
        const paint = await page.evaluate<number>("performance.getEntriesByType('paint')[0].startTime");
        console.log(`      first paint after ${Math.round(paint)} ms`);
        await page.getByRole('button', { name: 'Hungry' }).click();
        await page.getByRole('button', { name: 'Hungry', pressed: true }).waitFor();
        await page.getByRole('button', { name: 'Fed' }).click();
        await page.getByText('Noted: Fed.').waitFor();
        const feeds = (): number =>
          [...listener.service.rooms.get('Mia')!.room!.journal.entries].filter(({ kind }) => kind === 'fact')
            .length;
        await until(() => feeds() === 1, 'the feed');
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByText('Noted: Fed.').waitFor({ state: 'hidden' });
        await until(() => feeds() === 0, 'its withdrawal');
        await page.getByRole('button', { name: 'Woke up' }).click();
        await page.getByText('Noted: Woke up.').waitFor();
        await page.getByRole('cell', { name: 'listening' }).waitFor();
        const night = page.getByRole('img', { name: /^Night of/ });
        await night.waitFor();
        await until(() => night.evaluate((image: HTMLImageElement) => image.naturalWidth > 0), 'the picture');
        await page.evaluate(AXE);
        const { violations } = await page.evaluate<AxeResults>('axe.run()');
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
          [],
        );
        const overflow = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
        assert.equal(overflow, false);
        assert.deepEqual(errors, []);
      });

    it('says in whole lines what is wrong with a satellite, and offers none of its sound', async () => {
      const mqtt = `mqtt: { url: "mqtt://127.0.0.1:${await freePort()}" }\n`;
      const satellites =
        '{ type: satellite, name: Attic, id: attic }, { type: satellite, name: Den, id: den }';
      await use('', satellites, mqtt);
      const { page } = await open(390, false);
      const error = page.getByRole('cell', { name: /cannot be reached/ }).first();
      await error.waitFor();
      const widthOf = async (locator: typeof error): Promise<number> => (await locator.boundingBox())!.width;
      assert.ok((await widthOf(error)) > 0.9 * (await widthOf(page.locator('table'))));
      assert.equal(await page.locator('canvas').count(), 0);
      await use('', `{ type: recording, name: Cot, path: cry.wav }, ${satellites}`, mqtt);
      await page.locator('canvas').waitFor();
      assert.equal(await page.getByRole('option', { name: 'Attic' }).count(), 0);
      await until(
        () => page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.width !== 300),
        'the sound',
        30_000,
      );
    });

    it('says in its language what is wrong, and in a room only what was refused there', async () => {
      const url = `mqtt://127.0.0.1:${await freePort()}`;
      await use(
        '',
        '{ type: satellite, name: Attic, id: attic, babies: [Leo] }, { type: recording, name: Cot, path: cry.wav, babies: [Mia] }',
        `language: de\nmqtt: { url: "${url}" }\n`,
        '{ name: Mia }, { name: Leo }',
      );
      const { page } = await open(390, false);
      await page.getByRole('cell', { name: /^Keine Verbindung zum MQTT-Broker/ }).waitFor();
      await page.getByText('MQTT, Leo: Keine Verbindung zum MQTT-Broker').waitFor();
      const room = (name: string): Locator => page.getByRole('region', { name, exact: true });
      await page.route('**/fact', route => route.fulfill({ status: 503, body: 'Disk full.' }));
      await room('Leo').getByRole('button', { name: 'Gefüttert' }).click();
      await room('Leo').getByRole('alert').getByText('Das wurde nicht gespeichert: Disk full.').waitFor();
      assert.equal(await room('Mia').getByRole('alert').count(), 0);
    });
  });
});
