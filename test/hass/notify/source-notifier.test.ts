import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HassConnection } from '../../../src/hass/connection.js';
import { SourceNotifier, type SourceNotifierOptions } from '../../../src/hass/notify/source-notifier.js';
import { timeText } from '../../../src/journal/calendar.js';
import type { SourceHealth, SourceState } from '../../../src/values.js';
import { until } from '../../until.js';
import { jumpAhead, setAhead, setClock } from '../clock-ahead.js';
import { FakeHomeAssistant } from '../fake-home-assistant.js';
import { sayIn } from '../../../src/hass/notify/say.js';

const MINUTE_MS = 60_000;

interface Sent {
  message: string;
  data: { tag: string; url?: string; alert_once?: boolean };
}

describe('SourceNotifier', () => {
  let folder: string;
  let home: FakeHomeAssistant;
  let hass: HassConnection;
  let notifier: SourceNotifier;
  const reported: unknown[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    reported.length = 0;
    home = await FakeHomeAssistant.start();
    hass = new HassConnection({ url: home.url, token: 'abc' });
    hass.start();
    await until(() => hass.health.state === 'connected', 'connected');
    open();
  });
  afterEach(async () => {
    setClock();
    await notifier.stop();
    await hass.stop();
    await home.stop();
    rmSync(folder, { recursive: true });
  });

  function open(options: Partial<SourceNotifierOptions> = {}): void {
    notifier = new SourceNotifier({
      hass,
      phones: ['notify.mobile_app_anna'],
      afterMs: 5 * MINUTE_MS,
      dashboard: '/lovelace',
      say: sayIn('en'),
      file: path.join(folder, 'lost.json'),
      report: error => reported.push(error),
      ...options,
    });
    notifier.start();
  }

  function push(state: SourceState, error?: string): void {
    notifier.push({ source: 'cot', state, error } as SourceHealth);
  }

  const sent = (): Sent[] => home.calls.map(({ data }) => data as Sent);
  async function untilSent(number: number): Promise<Sent> {
    await until(
      () => home.calls.length >= number,
      () => JSON.stringify(home.calls),
    );
    return sent()[number - 1];
  }

  it('notifies phones that a source is lost, and in its place, silently, that it is back, after a restart, too', async () => {
    push('failed', 'The camera wants another password.');
    jumpAhead(5 * MINUTE_MS);
    push('failed');
    const lost = await untilSent(1);
    assert.equal(
      lost.message,
      'No sound from cot for 5 min: crying is not heard. The camera wants another password.',
    );
    assert.deepEqual([lost.data.alert_once, lost.data.url], [false, '/lovelace']);
    await notifier.stop();
    open();
    push('running');
    jumpAhead(10_000);
    push('running');
    const back = await untilSent(2);
    assert.match(back.message, /^cot is heard again\. It was not heard from \d\d:\d\d to \d\d:\d\d\.$/);
    assert.deepEqual([back.data.tag, back.data.alert_once], [lost.data.tag, true]);
    push('running');
    assert.equal(home.calls.length, 2);
    assert.deepEqual(reported, []);
  });

  it('takes back what it said of a source that was switched off', async () => {
    push('stalled');
    jumpAhead(5 * MINUTE_MS);
    push('stalled');
    const { data } = await untilSent(1);
    push('stopped');
    assert.deepEqual(await untilSent(2), { message: 'clear_notification', data: { tag: data.tag } });
  });

  it('takes no clock that is set for a loss, and says by the new one when there was one', async () => {
    push('running');
    setAhead(8 * 3_600_000);
    await sleep(3500);
    assert.deepEqual(sent(), []);
    push('stalled');
    const lostAt = timeText(Date.now());
    jumpAhead(5 * MINUTE_MS);
    push('stalled');
    await untilSent(1);
    push('running');
    jumpAhead(10_000);
    push('running');
    assert.match((await untilSent(2)).message, new RegExp(`from ${lostAt} to`));
  });

  it('waits for the end of quiet hours, and never notifies where it is not to', async () => {
    await notifier.stop();
    open({ quiet: { from: '00:00', to: '24:00' } });
    push('stalled');
    jumpAhead(6 * MINUTE_MS);
    push('stalled');
    assert.equal(home.calls.length, 0);
    await notifier.stop();
    open({ afterMs: 0 });
    push('stalled');
    jumpAhead(600 * MINUTE_MS);
    push('stalled');
    assert.equal(home.calls.length, 0);
  });
});
