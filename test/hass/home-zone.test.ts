import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HassConnection } from '../../src/hass/connection.js';
import { HomeZone } from '../../src/hass/home-zone.js';
import { timeText } from '../../src/journal/calendar.js';
import { until } from '../until.js';
import { FakeHomeAssistant } from './fake-home-assistant.js';

describe('HomeZone', () => {
  const { TZ: zone } = process.env;
  const TIME = Date.parse('2026-11-29T00:02:00Z');
  let folder: string;
  let home: FakeHomeAssistant;
  let hass: HassConnection;
  const warnings: string[] = [];
  const reported: unknown[] = [];

  beforeEach(async () => {
    process.env.TZ = 'UTC';
    warnings.length = reported.length = 0;
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    home = await FakeHomeAssistant.start();
    hass = new HassConnection({ url: home.url, token: 'abc' });
    hass.start();
    await until(() => hass.health.state === 'connected', 'connected');
  });
  afterEach(async () => {
    await hass.stop();
    await home.stop();
    rmSync(folder, { recursive: true });
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  function open(): HomeZone {
    const homeZone = new HomeZone({
      file: path.join(folder, 'home.json'),
      report: error => reported.push(error),
      warn: text => warnings.push(text),
    });
    homeZone.open();
    return homeZone;
  }

  function setZone(name: string): void {
    home.replies.get_config = { state: 'RUNNING', time_zone: name };
  }

  it("is Home Assistant's, warns once where the process has another, and is kept", async () => {
    setZone('America/Los_Angeles');
    const first = open();
    assert.equal(timeText(TIME), '00:02');
    await first.learn(hass);
    await first.learn(hass);
    assert.equal(timeText(TIME), '16:02');
    assert.deepEqual(warnings, [
      "Home Assistant's time zone is America/Los_Angeles, and this program's is UTC. DeepInfant uses America/Los_Angeles. Start this program with TZ=America/Los_Angeles to use it everywhere.",
    ]);
    await first.close();
    assert.equal(timeText(TIME), '00:02');

    const second = open();
    assert.equal(timeText(TIME), '16:02');
    await second.close();
    assert.deepEqual(reported, []);
  });

  it('stays while another node is connected', async () => {
    setZone('America/Los_Angeles');
    const [first, second] = [open(), open()];
    await first.learn(hass);
    setZone('Asia/Tokyo');
    await second.learn(hass);
    assert.equal(timeText(TIME), '09:02');
    await second.close();
    assert.equal(timeText(TIME), '16:02');
    await first.close();
    assert.equal(timeText(TIME), '00:02');
  });

  it('warns of nothing where both clocks show the same', async () => {
    setZone('Africa/Abidjan');
    const homeZone = open();
    await homeZone.learn(hass);
    await homeZone.close();
    assert.deepEqual([warnings, reported], [[], []]);
  });

  it('reports a zone that is not known here, and goes by the process', async () => {
    setZone('Mars/Base');
    const homeZone = open();
    await homeZone.learn(hass);
    assert.match(String(reported), /'Mars\/Base' is not known here/);
    assert.equal(timeText(TIME), '00:02');
    await homeZone.close();
  });
});
