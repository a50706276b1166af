import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { concat } from '../../src/concat.js';
import type { CryEntry } from '../../src/journal/entries.js';
import { readEntries } from '../../src/journal/entry-file.js';
import { entriesFile } from '../../src/journal/journal.js';
import { readCryEvent } from '../../src/door/cry-event.js';
import { readSourceHealth } from '../../src/door/source-health.js';
import { parseConfig } from '../../src/serve/config/read.js';
import { Service } from '../../src/serve/service.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { SAMPLE_RATE, type CryEvent } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { start } from '../cli/run.js';
import { freePort } from '../free-port.js';
import { Mosquitto } from '../home-assistant/mosquitto.js';
import { cryAt } from '../reason/cries.js';
import { HEALTH } from '../source-health.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';

const CRY_S = 8;

describe('A satellite', function () {
  this.timeout(120_000);
  let folder: string;
  let broker: Mosquitto;
  let port: number;
  let receiver: Service | undefined;
  let satellite: ChildProcess | undefined;
  let watcher: MqttClient;
  let seen: { topic: string; payload: string; retain: boolean }[];
  let reports: string[];

  before(function () {
    needTools(this, 'mosquitto');
  });
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-satellite-'));
    // Quiet first: the receiver is there when it cries.
    const quiet = (s: number): Float32Array => new Float32Array(s * SAMPLE_RATE);
    const sound = concat([quiet(4), synthesiseCry({ seed: 1, durationS: CRY_S }), quiet(10)]);
    mkdirSync(path.join(folder, 'board'));
    writeFileSync(path.join(folder, 'board', 'cry.wav'), writeWav(sound, { rate: SAMPLE_RATE }));
    broker = new Mosquitto(await freePort());
    await broker.start();
    port = await freePort();
    seen = [];
    watcher = await connectAsync(broker.url);
    watcher.on('message', (topic, payload, { retain }) =>
      seen.push({ topic, payload: payload.toString(), retain }),
    );
    await watcher.subscribeAsync('deepinfant/#');
    receiver = undefined;
    satellite = undefined;
    reports = [];
  });
  afterEach(async () => {
    await kill();
    await receiver?.stop();
    await watcher.endAsync();
    await broker.stop();
    rmSync(folder, { recursive: true });
  });

  function startSatellite(mqtt = ''): void {
    const file = path.join(folder, 'board', 'deepinfant.yaml');
    writeFileSync(
      file,
      `folder: data\nsources: [{ type: recording, name: Cot, path: cry.wav }]\npage: { port: ${port} }\nmqtt: { url: "${broker.url}", id: nursery, discovery: false${mqtt} }\n`,
    );
    satellite = start(['serve', file]);
  }
  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = satellite;
    satellite = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, 'close');
    running.kill(signal);
    await ended;
  }
  async function startReceiver(id = 'nursery', more = ''): Promise<void> {
    receiver = new Service({
      folder: path.join(folder, 'home'),
      report: (what, message) => reports.push(`${what}: ${message}`),
    });
    const yaml = `babies: [{ name: Mia }]\nsources: [{ type: satellite, name: Nursery, id: ${id}${more} }]\nmqtt: { url: "${broker.url}" }\n`;
    await receiver.use(parseConfig(Buffer.from(yaml), 'test.yaml', { folder, env: {} }));
  }
  const health = () => receiver!.sources.get('Nursery')?.health;
  const untilState = (state: string): Promise<void> =>
    until(
      () => health()?.state === state,
      () => `${state}: ${JSON.stringify(health())}\n${reports.join('\n')}`,
      40_000,
    );
  const cries = (): CryEntry[] =>
    [...readEntries(entriesFile(path.join(folder, 'home', 'baby-Mia', 'journal'))).entries.values()].filter(
      entry => entry.kind === 'cry',
    );
  const published = (device: string): CryEvent[] =>
    seen
      .filter(({ topic }) => topic === `deepinfant/v1/${device}/cry`)
      .map(({ payload }) => readCryEvent(JSON.parse(payload)));
  /** The starts and ends that a device published. */
  const ends = (device: string): string[] =>
    published(device).flatMap(({ state, id }) => (state === 'ongoing' ? [] : [`${state} ${id}`]));

  it('sends its cries and its status to another service, which has them as its own', async () => {
    startSatellite();
    await startReceiver();
    await untilState('running');
    await until(
      () => ends('mia').length >= 2,
      () => `a cry\n${reports.join('\n')}`,
      60_000,
    );
    assert.deepEqual(ends('mia'), ends('nursery').slice(0, 2));
    const [event] = published('nursery');
    assert.deepEqual([event.source, event.embedding.length, event.clip], ['Cot', 256, undefined]);
    assert.equal(published('mia')[0].source, 'Nursery');
    const [cry, ...others] = cries();
    assert.equal(others.length, 0);
    assert.ok(cry.id === event.id && cry.source === 'Nursery' && cry.offset !== undefined && !cry.isCutOff);
    const { payload } = seen.find(({ topic }) => topic === 'deepinfant/v1/nursery/health/cot')!;
    assert.equal(readSourceHealth(JSON.parse(payload)).source, 'Cot');
    assert.ok(!seen.some(({ topic }) => topic.includes('nursery/config')));
    const late = await connectAsync(broker.url);
    try {
      const retained: string[] = [];
      late.on('message', topic => retained.push(topic));
      await late.subscribeAsync('deepinfant/v1/nursery/#');
      await until(() => retained.includes('deepinfant/v1/nursery/node'), 'what is retained');
      assert.ok(!retained.some(topic => /\/(cry|event)$/.test(topic)));
    } finally {
      await late.endAsync();
    }
  });

  const clipMessages = (): string[] =>
    seen.flatMap(({ topic, payload }) => (topic === 'deepinfant/v1/nursery/clip' ? [payload] : []));

  it('sends the sound of a cry to a service that asks, which keeps it as its own', async function () {
    needTools(this, 'ffmpeg');
    startSatellite(', clips: true');
    await startReceiver('nursery', ', clips: true');
    await until(
      () => cries().at(0)?.sound !== undefined,
      () => `a clip\n${reports.join('\n')}`,
      60_000,
    );
    const [{ id, onset, sound }] = cries();
    const board = path.join(folder, 'board', 'data', 'baby', 'journal');
    const theirs = [...readEntries(entriesFile(board)).entries.values()].find(entry => entry.id === id);
    assert.ok(theirs?.kind === 'cry' && theirs.sound);
    assert.ok(Math.abs(sound!.durationS - theirs.sound.durationS) < 0.2, 'as long');
    assert.ok(Math.abs(sound!.from - theirs.sound.from) < 50 && sound!.from < onset, 'from the same moment');
    for (const file of [sound!.clip, sound!.picture])
      assert.ok(existsSync(path.join(folder, 'home', 'baby-Mia', 'journal', file)));
    assert.ok(!seen.some(({ topic, retain }) => topic.includes('/clip') && retain));
    await watcher.publishAsync('deepinfant/v1/nursery/clip/get', 'no such cry');
    await until(() => clipMessages().at(-1)!.includes('keeps no clip of this cry'), 'what is not there');
  });

  it('sends no sound unless its configuration allows it, and none that nobody asks for', async () => {
    startSatellite();
    await startReceiver('nursery', ', clips: true');
    await until(
      () => reports.some(line => line.includes("'clips' in its 'mqtt' would allow that")),
      () => reports.join('\n'),
      60_000,
    );
    assert.ok(clipMessages().every(payload => payload.length < 300 && !payload.includes('mp3')));
    assert.equal(cries()[0].sound, undefined);
    const asked = clipMessages().length;
    await receiver!.stop();
    await startReceiver();
    await kill();
    startSatellite(', clips: true');
    await until(() => cries().length === 2 && cries()[1].offset !== undefined, 'another cry', 60_000);
    assert.equal(clipMessages().length, asked);
  });

  it('is not believed where what it sends is no recording', async () => {
    await startReceiver('nursery', ', clips: true');
    await watcher.publishAsync('deepinfant/v1/nursery/node', 'offline', { retain: true });
    await untilState('stalled');
    const cry = {
      ...cryAt(Date.now() - 20_000),
      state: 'ended',
      offset: Date.now() - 10_000,
      offsetS: 70,
      embedding: [],
    };
    await watcher.publishAsync('deepinfant/v1/nursery/cry', JSON.stringify(cry));
    await until(
      () => seen.some(({ topic, payload }) => topic.endsWith('/clip/get') && payload === cry.id),
      'its question',
    );
    for (const mp3 of ['AAAA', Buffer.from('#EXTM3U\nfile:///etc/passwd\n').toString('base64')])
      await watcher.publishAsync(
        'deepinfant/v1/nursery/clip',
        JSON.stringify({ id: cry.id, from: cry.onset, mp3 }),
      );
    await watcher.publishAsync(
      'deepinfant/v1/nursery/clip',
      JSON.stringify({ id: cry.id, from: cry.onset, mp3: 'A'.repeat(3e6) }),
    );
    await until(
      () =>
        reports.filter(line => line.startsWith('Nursery:') && !/starting|running|failed/.test(line)).length >=
        2,
      () => reports.join('\n'),
    );
    assert.equal(cries()[0].sound, undefined);
  });

  it('is unavailable when it is killed and available when it is back, and no cry is lost or doubled', async () => {
    startSatellite();
    await startReceiver();
    await until(() => ends('nursery').length === 1, 'the beginning of a cry', 60_000);
    await kill();
    await untilState('stalled');
    assert.match(health()!.error!, /'nursery' is gone/);
    startSatellite();
    await untilState('running');
    await until(
      () => ends('mia').length >= 4,
      () => `two cries\n${ends('mia').join('\n')}`,
      60_000,
    );
    await kill('SIGTERM');
    await untilState('stalled');
    // What the broker had not confirmed when it was killed, it sends again.
    const sent = (): string[] => [...new Set(ends('nursery'))];
    await until(
      () => ends('mia').length === sent().length,
      () => `all of them\n${ends('nursery').join('\n')}\nof which there were\n${ends('mia').join('\n')}`,
      60_000,
    );
    assert.deepEqual(ends('mia'), sent());
    assert.deepEqual(
      cries().map(({ id }) => id),
      [...new Set(published('nursery').map(({ id }) => id))],
    );
  });

  it('loses nothing while the receiver is away: the broker keeps it', async () => {
    await startReceiver();
    await untilState('failed');
    await receiver!.stop();
    startSatellite();
    await until(() => ends('nursery').length === 2, 'a cry that the receiver does not hear', 60_000);
    await kill();
    await startReceiver();
    await until(
      () => ends('mia').length === 2,
      () => reports.join('\n'),
      30_000,
    );
    assert.deepEqual(ends('mia'), ends('nursery'));
    assert.equal(cries().length, 1);
  });

  it('loses nothing while the broker is away: it waits on disk', async () => {
    startSatellite();
    await until(() => ends('nursery').length === 1, 'the beginning of a cry', 60_000);
    await broker.stop();
    const feed = path.join(folder, 'board', 'data', 'feed-nursery.json');
    await until(
      () => readFileSync(feed, 'utf8').includes('\\"state\\":\\"ended\\"'),
      'its end on disk',
      60_000,
    );
    assert.equal(ends('nursery').length, 1);
    await broker.start();
    await until(() => ends('nursery').length >= 2, 'its end', 60_000);
    const [started, ended] = ends('nursery');
    assert.equal(started.replace('started', 'ended'), ended);
  });

  it('says that there is no such satellite, and that it would listen to itself', async () => {
    await startReceiver('nrusery');
    await untilState('failed');
    assert.match(health()!.error!, /No satellite 'nrusery' was ever at mqtt:/);
    await receiver!.stop();
    await startReceiver('mia');
    await untilState('failed');
    assert.match(health()!.error!, /'mia' is a device of this service itself/);
  });

  it('refuses what is no cry event, and says so once', async () => {
    await startReceiver();
    await watcher.publishAsync('deepinfant/v1/nursery/node', 'offline', { retain: true });
    await untilState('stalled');
    for (const payload of ['{', '{"id": 7}', '{"id": 7}'])
      await watcher.publishAsync('deepinfant/v1/nursery/cry', payload);
    await watcher.publishAsync('deepinfant/v1/nursery/health/cot', '[]');
    await until(
      () => reports.filter(line => line.includes('/v1/nursery/')).length === 3,
      () => reports.join('\n'),
    );
    assert.equal(cries().length, 0);
  });

  it('is not heard by a source that it no longer has', async () => {
    await startReceiver();
    const topic = 'deepinfant/v1/nursery/health/cot';
    await watcher.publishAsync('deepinfant/v1/nursery/node', 'online', { retain: true });
    await watcher.publishAsync(topic, JSON.stringify(HEALTH), { retain: true });
    await untilState('running');
    await watcher.publishAsync(topic, '', { retain: true });
    await untilState('starting');
  });

  it('is told from another service with the same id', async () => {
    await startReceiver();
    const other = new Service({
      folder: path.join(folder, 'other'),
      report: (...words) => reports.push(words.join(' ')),
    });
    const yaml = `babies: [{ name: Mia }]\nsources: [{ type: satellite, name: Nursery, id: other }]\nmqtt: { url: "${broker.url}" }\n`;
    await other.use(parseConfig(Buffer.from(yaml), 'test.yaml', { folder, env: {} }));
    const troubles = (): (string | undefined)[] =>
      [receiver!, other].map(({ rooms }) => rooms.get('Mia')?.device?.trouble?.message);
    await until(
      () =>
        troubles().every(trouble => /Another service publishes as deepinfant\/v1\/mia/.test(trouble ?? '')),
      () => JSON.stringify(troubles()),
    );
    await other.stop();
    await until(
      () => troubles()[0] === undefined,
      () => JSON.stringify(troubles()),
    );
    await until(
      () => seen.findLast(({ topic }) => topic === 'deepinfant/v1/mia/node')?.payload === 'online',
      'that it is there',
    );
  });
});
