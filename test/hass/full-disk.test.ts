import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HassConnection } from '../../src/hass/connection.js';
import { AlertLights } from '../../src/hass/lights/alert-lights.js';
import { CryNotifier } from '../../src/hass/notify/cry-notifier.js';
import { cryAt } from '../reason/cries.js';
import { until } from '../until.js';
import { FakeHomeAssistant } from './fake-home-assistant.js';
import { sayIn } from '../../src/hass/notify/say.js';

describe('with a disk that takes nothing', () => {
  let folder: string;
  let home: FakeHomeAssistant;
  let hass: HassConnection;
  const reported: string[] = [];
  const report = (error: unknown): void => {
    reported.push(String(error));
  };

  beforeEach(async () => {
    reported.length = 0;
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
  });

  /** A file is in the way of the folder. */
  const fillDisk = (): void => {
    writeFileSync(path.join(folder, 'full'), '');
  };
  const actions = (): string[] => home.calls.map(({ action }) => action);

  it('lights show a cry all the same, and are restored', async () => {
    const lights = new AlertLights({
      hass,
      lights: ['light.cot'],
      pulse: false,
      file: path.join(folder, 'full', 'lights.json'),
      report,
    });
    lights.start();
    fillDisk();
    const state = { s: 'off', a: { supported_color_modes: ['onoff'] }, c: 'before' };
    await until(() => home.isSubscribed('subscribe_entities'), 'subscribed');
    home.sendEvent('subscribe_entities', { a: { 'light.cot': state } });
    // When it has answered, the event has come, too.
    await hass.isComplete();
    lights.show({ rgb: [255, 0, 0], dim: 60, bright: 180 });
    await until(() => actions().includes('light.turn_on'), 'the alert');
    home.sendEvent('subscribe_entities', { c: { 'light.cot': { '+': { s: 'on', c: 'after' } } } });
    lights.show(null);
    await until(() => actions().includes('light.turn_off'), 'the light as it was');
    await lights.stop();
    assert.equal(reported.length, 1, reported.join('\n'));
    assert.match(reported[0], /Cannot save the lights that show an alert .*lights\.json/);
  });

  it('phones are notified all the same, and answers count', async () => {
    const answers: string[] = [];
    const notifier = new CryNotifier({
      hass,
      phones: ['notify.mobile_app_anna'],
      filter: { reasons: [], minConfidence: 0, minDurationS: 0, minIntensity: 'fuss' },
      escalateMs: 0,
      dashboard: '/lovelace',
      baby: () => ({ name: 'Mia' }),
      say: sayIn('en'),
      file: path.join(folder, 'full', 'notifications.json'),
      answered: ({ by, reason }) => answers.push(`${by}: ${reason}`),
      report,
      changed: () => undefined,
    });
    notifier.start();
    fillDisk();
    notifier.push(cryAt(Date.now()));
    await until(() => actions().includes('notify.mobile_app_anna'), 'the notification');
    const { data } = home.calls[0].data as { data: { actions: { action: string }[] } };
    home.sendEvent('mobile_app_notification_action', {
      data: { action: data.actions[1].action },
      context: { user_id: 'anna' },
    });
    await until(() => answers.length > 0, 'the answer');
    assert.deepEqual(answers, ['Anna: hungry']);
    await notifier.stop();
    assert.equal(reported.length, 1, reported.join('\n'));
    assert.match(reported[0], /Cannot save the notifications that were sent .*notifications\.json/);
  });
});
