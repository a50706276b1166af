import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectAsync } from 'mqtt';
import { concat } from '../../src/concat.js';
import { entriesFile } from '../../src/journal/journal.js';
import { readEntries } from '../../src/journal/entry-file.js';
import type { CryEntry } from '../../src/journal/entries.js';
import { parseConfig } from '../../src/serve/config/read.js';
import { Service } from '../../src/serve/service.js';
import { serviceIdIn } from '../../src/serve/service-id.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { freePort } from '../free-port.js';
import { FakeHomeAssistant } from '../hass/fake-home-assistant.js';
import { Mosquitto } from '../home-assistant/mosquitto.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';

/** A cry, and so much quiet after it that it is over. */
const LONG_CRY_S = 30;

describe('The service', function () {
  this.timeout(60_000);
  let folder: string;
  let service: Service;
  let reports: string[];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-serve-'));
    reports = [];
    service = new Service({
      folder: path.join(folder, 'data'),
      report: (what, message) => reports.push(`${what}: ${message}`),
    });
    const cry = synthesiseCry({ seed: 1, durationS: LONG_CRY_S });
    const quiet = new Float32Array(10 * SAMPLE_RATE);
    writeFileSync(path.join(folder, 'cry.wav'), writeWav(concat([cry, quiet]), { rate: SAMPLE_RATE }));
    const short = synthesiseCry({ seed: 1, durationS: 4 });
    writeFileSync(path.join(folder, 'short.wav'), writeWav(concat([short, quiet]), { rate: SAMPLE_RATE }));
  });
  afterEach(async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  const use = (yaml: string): Promise<void> =>
    service.use(parseConfig(Buffer.from(yaml), 'test.yaml', { folder, env: {} }));
  const reported = (pattern: RegExp): Promise<void> =>
    until(
      () => reports.some(line => pattern.test(line)),
      () => `${String(pattern)} in\n${reports.join('\n')}`,
      30_000,
    );
  const cries = (baby: string): CryEntry[] =>
    [...readEntries(entriesFile(path.join(folder, 'data', baby, 'journal'))).entries.values()].filter(
      entry => entry.kind === 'cry',
    );

  it('ends a running cry when it stops, and has it in the journal with its sound', async () => {
    await use('babies: [{ name: Mia }]\nsources: [{ type: recording, name: Cot, path: cry.wav }]\n');
    await reported(/^Cot: running/);
    await reported(/^Cot: Mia has been crying/);
    assert.equal(service.sources.get('Cot')?.health?.state, 'running');
    await service.stop();
    await reported(/^Cot: Mia cried for/);
    const [cry, ...others] = cries('baby-Mia');
    assert.deepEqual(others, []);
    assert.ok(cry.offset !== undefined && cry.sound !== undefined && !cry.isCutOff);
  });

  it('takes up another configuration in mid-cry, without touching what it does not change', async () => {
    const sources = '  - { type: recording, name: Cot, path: cry.wav, babies: [Mia] }\n';
    await use(`babies: [{ name: Mia }]\nsources:\n${sources}`);
    await reported(/^Cot: Mia has been crying/);
    const { since } = service.sources.get('Cot')!.health!;
    await use(
      `babies: [{ name: Mia, birth_date: 2026-05-01 }, { name: Leo }]\njournal: { days: 30 }\nsources:\n${sources}  - { type: recording, name: Den, path: short.wav, babies: [Leo] }\n`,
    );
    assert.equal(service.sources.get('Cot')!.health!.since, since);
    await reported(/^Den: Leo has been crying/);
    await use(`babies: [{ name: Mia }]\nsources:\n${sources}`);
    await reported(/^Den: stopped/);
    await service.stop();
    assert.equal(cries('baby-Mia').length, 1, 'one cry, and not two halves');
    assert.ok(cries('baby-Leo').every(({ offset }) => offset !== undefined));
    assert.deepEqual(
      reports.filter(line => line.startsWith('Cot:')).map(line => line.replace(/ for .*/, '')),
      ['Cot: starting', 'Cot: running', 'Cot: Mia has been crying', 'Cot: stopped', 'Cot: Mia cried'],
    );
  });

  it('goes on where the disk takes nothing, says so, and writes what waited once it can', async () => {
    writeFileSync(path.join(folder, 'data'), 'a file in the way of the folder');
    const yaml = 'sources: [{ type: recording, name: Cot, path: cry.wav }]\n';
    await assert.rejects(use(yaml), /Cannot make the folder .*data/);
    rmSync(path.join(folder, 'data'));
    await use(yaml);
    const baby = path.join(folder, 'data', 'baby');
    rmSync(baby, { recursive: true, force: true });
    writeFileSync(baby, 'a full disk');
    const { room } = service.rooms.get('')!;
    await reported(/^Cot: .* has been crying/);
    assert.match(room!.troubles.join('\n'), /journal/);
    rmSync(baby);
    await until(
      () => room!.troubles.length === 0,
      () => room!.troubles.join('\n'),
      30_000,
    );
    assert.equal(cries('baby').length, 1);
  });

  it('says which source it cannot hear, and why', async () => {
    await use('sources: [{ type: recording, name: Cot, path: none.wav }]\n');
    await reported(/^Cot: failed: .*none\.wav/);
  });

  it('notifies phones, and takes their answers', async () => {
    const home = await FakeHomeAssistant.start();
    home.replies.get_config = { state: 'RUNNING', time_zone: 'Asia/Tokyo' };
    try {
      await use(
        `babies: [{ name: Mia }]\nsources: [{ type: recording, name: Cot, path: cry.wav }]\nhome_assistant: { url: "${home.url}", token: abc, notify: { phones: [notify.anna] } }\n`,
      );
      const sent = (): { message: string; data?: { actions?: { action: string; title: string }[] } }[] =>
        home.calls
          .filter(({ action }) => action === 'notify.anna')
          .map(({ data }) => data as ReturnType<typeof sent>[number]);
      await until(
        () => sent().length > 0,
        () => `a notification\n${reports.join('\n')}`,
        30_000,
      );
      const [{ message, data }] = sent();
      assert.match(message, /^Mia has been crying for/);
      const hungry = data!.actions!.find(({ title }) => title === 'Hungry')!;
      home.sendEvent('mobile_app_notification_action', {
        data: { action: hungry.action },
        context: { user_id: 'anna' },
      });
      await until(() => cries('baby-Mia').at(0)?.answer?.reason === 'hungry', 'the answer in the journal');
      assert.equal(cries('baby-Mia')[0].answer?.by, 'Anna');
      assert.deepEqual(
        reports.filter(line => line.startsWith('Home Assistant')),
        [],
      );
    } finally {
      await service.stop();
      await home.stop();
    }
  });

  it('waits for a broker that is down, and then shows each baby as a device that answers', async function () {
    needTools(this, 'mosquitto');
    const broker = new Mosquitto(await freePort());
    await use(
      `babies: [{ name: Mia }]\nsources: [{ type: recording, name: Cot, path: cry.wav }]\nmqtt: { url: "${broker.url}" }\n`,
    );
    await reported(/^Mia, MQTT: The MQTT broker .* cannot be reached/);
    assert.match(service.rooms.get('Mia')!.device!.trouble!.message, /cannot be reached/);
    await reported(/^Cot: Mia has been crying/);
    await broker.start();
    const client = await connectAsync(broker.url);
    try {
      const received: [topic: string, payload: string][] = [];
      client.on('message', (topic, payload) => received.push([topic, payload.toString()]));
      await client.subscribeAsync(['deepinfant/#', 'homeassistant/#']);
      const last = (topic: string): string | undefined =>
        received.findLast(([known]) => known === topic)?.[1];
      await until(() => last('deepinfant/v1/mia/event') !== undefined, 'the event that waited', 30_000);
      assert.equal(
        (JSON.parse(last('deepinfant/v1/mia/event')!) as { event_type: string }).event_type,
        'started',
      );
      assert.match(last('homeassistant/device/deepinfant_mia/config')!, /"model":"deepinfant serve"/);
      assert.equal(service.rooms.get('Mia')!.device!.trouble, undefined);
      await client.publishAsync('deepinfant/v1/mia/answer/set', 'tired');
      await until(() => cries('baby-Mia').at(0)?.answer?.reason === 'tired', 'the answer in the journal');
      const [baby] = service.rooms.get('Mia')!.room!.babies;
      const facts = (): string =>
        baby.memory.facts
          .map(({ kind }) => kind)
          .sort()
          .join();
      await client.publishAsync('deepinfant/v1/mia/fact/set', 'feed');
      await client.publishAsync('deepinfant/v1/mia/fact/set', '{"kind":"change"}');
      await until(() => facts() === 'change,feed', facts);
      await client.publishAsync('deepinfant/v1/mia/fact/set', '{"withdraw":"feed"}');
      await until(() => facts() === 'change', facts);
      await client.publishAsync('deepinfant/v1/mia/fact/set', '{"kind":"temperature","celsius":"hot"}');
      await reported(/^Mia, MQTT: .*celsius/);
      await client.publishAsync('deepinfant/v1/mia/listening/set', 'OFF');
      await reported(/^Cot: stopped/);
      await client.publishAsync('deepinfant/v1/mia/listening/set', 'ON');
      await until(() => service.sources.get('Cot')!.health!.state === 'running', 'listening again');
      await service.stop();
      await until(() => last('deepinfant/v1/mia/node') === 'offline', 'that it is gone');
      assert.equal(
        (JSON.parse(last('deepinfant/v1/mia/event')!) as { event_type: string }).event_type,
        'ended',
      );
      assert.equal((JSON.parse(last('deepinfant/v1/mia/cry')!) as { state: string }).state, 'ended');
    } finally {
      await client.endAsync();
      await broker.stop();
    }
  });

  it('has one id at the broker, however many services begin with its folder at once', async () => {
    const data = path.join(folder, 'data');
    const ids = await Promise.all(
      Array.from({ length: 8 }, () => serviceIdIn(data, error => reports.push(String(error)))),
    );
    assert.equal(new Set(ids).size, 1);
    assert.deepEqual(await serviceIdIn(data, () => undefined), ids[0]);
    assert.deepEqual(reports, []);
  });

  it('tells that another process keeps the journal, and takes it when that ends', async () => {
    const yaml = 'sources: [{ type: recording, name: Cot, path: short.wav }]\n';
    const other = new Service({ folder: path.join(folder, 'data'), report: () => undefined });
    await other.use(parseConfig(Buffer.from(yaml), 'test.yaml', { folder, env: {} }));
    await use(yaml);
    await reported(/^Baby: The journal in .* is in use/);
    await other.stop();
    await until(() => service.rooms.get('')!.room!.troubles.length === 0, 'its journal', 30_000);
  });
});
