import assert from 'node:assert/strict';
import { HassConnection } from '../../../src/hass/connection.js';
import { Logbook } from '../../../src/hass/notify/logbook.js';
import type { SourceHealth } from '../../../src/values.js';
import { HEALTH } from '../../source-health.js';
import { until } from '../../until.js';
import { FakeHomeAssistant } from '../fake-home-assistant.js';
import { sayIn } from '../../../src/hass/notify/say.js';

describe('Logbook', () => {
  let home: FakeHomeAssistant;
  let hass: HassConnection;
  let logbook: Logbook;
  const reported: unknown[] = [];

  beforeEach(async () => {
    home = await FakeHomeAssistant.start();
    hass = new HassConnection({ url: home.url, token: 'abc' });
    logbook = new Logbook({ hass, say: sayIn('en'), report: error => reported.push(error) });
    logbook.start();
    hass.start();
    await until(() => home.isSubscribed('homeassistant_started'), 'the subscription');
  });
  afterEach(async () => {
    await logbook.stop();
    await hass.stop();
    await home.stop();
    assert.deepEqual(reported, []);
  });

  const health = (source: string, state: SourceHealth['state']): SourceHealth => ({
    ...HEALTH,
    source,
    state,
    ...(state === 'failed' && { error: 'Enter the password.' }),
  });
  const calls = (action: string): string[] =>
    home.calls
      .filter(call => call.action === `persistent_notification.${action}`)
      .map(({ data }) => (data as { notification_id: string }).notification_id);

  it('withdraws what it shows of a source when there are too many others', async () => {
    logbook.pushHealth(health('first', 'failed'));
    await until(() => calls('create').includes('deepinfant first'), 'the first one');
    for (let i = 0; i < 100; i++) logbook.pushHealth(health(`other ${i}`, 'failed'));
    await until(() => calls('dismiss').length > 0, 'its end');
    assert.deepEqual(calls('dismiss'), ['deepinfant first']);
    await until(
      () => calls('create').length === 101,
      () => calls('create').join(),
    );
    await logbook.stop();
    assert.equal(calls('dismiss').length, 101);
  });
});
