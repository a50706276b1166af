import assert from 'node:assert/strict';
import type { CryEvent } from '../../src/values.js';
import { homeAssistantOfSuite } from '../home-assistant/home-assistant.js';
import { Phone } from '../home-assistant/phone.js';
import { jumpAhead, setClock } from '../hass/clock-ahead.js';
import { cryAt } from '../reason/cries.js';
import { HEALTH } from '../source-health.js';
import { until } from '../until.js';
import {
  askDialog,
  errorText,
  type FlowNode,
  type RunningFlow,
  runFlow,
  statusText,
  stopFlow,
} from './flow.js';

interface Entry {
  name: string;
  message: string;
}

describe('deepinfant-notify', function () {
  this.timeout(60_000);
  const home = homeAssistantOfSuite();
  let flow: RunningFlow;
  let anna: Phone;
  /** What came into the logbook. */
  const entries: Entry[] = [];

  before(async () => {
    anna = await Phone.register(home(), 'Anna');
    await home().connection.subscribeEvents(
      ({ data }: { data: Entry }) => entries.push(data),
      'logbook_entry',
    );
  });
  beforeEach(() => {
    for (const list of [entries, anna.notifications]) list.length = 0;
  });
  afterEach(() => stopFlow());

  /** Runs reason, whose answers and cries go to the node, which answers it. */
  async function run(settings: object = {}, token = home().token, baby2 = ''): Promise<void> {
    const nodes: FlowNode[] = [
      { id: 'hass', type: 'deepinfant-hass', url: home().url },
      { id: 'mia', type: 'deepinfant-baby', name: 'Mia', birthDate: '' },
      { id: 'leo', type: 'deepinfant-baby', name: 'Leo', birthDate: '' },
      {
        id: 'reason',
        type: 'deepinfant-reason',
        baby: 'mia',
        baby2,
        wires: [['notify'], ['notify', 'told']],
      },
      {
        id: 'notify',
        type: 'deepinfant-notify',
        hass: 'hass',
        baby: 'mia',
        phones: anna.notify,
        wires: [['reason', 'answers']],
        ...settings,
      },
      { id: 'answers', type: 'probe' },
      { id: 'told', type: 'probe' },
    ];
    flow = await runFlow(nodes, { hass: { token } });
  }

  const untilStatus = (key: string): Promise<unknown> =>
    flow.until('statuses', msg => statusText(msg) === `deepinfant-notify.${key}`);
  const statuses = (): string[] => flow.messages('statuses').map(statusText);
  const pushed = (number: number): Promise<void> =>
    until(
      () => anna.notifications.length === number,
      () => JSON.stringify([anna.notifications, flow.messages('errors').map(errorText)]),
    );

  /** What Home Assistant's logbook shows since a time. */
  const logbook = (since: number): Promise<Entry[]> =>
    home().connection.sendMessagePromise({
      type: 'logbook/get_events',
      start_time: new Date(since).toISOString(),
    });

  function tell(cry: CryEvent, state: CryEvent['state'], durationS: number): void {
    flow.send('reason', { payload: { ...cry, state, durationS } });
  }

  it('brings an answer to the reason node, which counts it, and logs the cry and the answer', async () => {
    await run();
    await untilStatus('status.waiting');
    const cry = cryAt(Date.now());
    flow.send('reason', { topic: 'feed', payload: Date.now() - 3_600_000 });
    tell(cry, 'started', 3);
    await pushed(1);
    await untilStatus('status.notified');
    await anna.tapTitle('Hungry');
    const { topic, payload } = await flow.until('answers');
    const { at, ...answer } = payload as { at: number };
    assert.deepEqual([topic, answer], ['answer', { answer: 'hungry', cry: cry.id, by: 'Owner' }]);
    assert(Math.abs(at - Date.now()) < 5000);
    const counted = await flow.until('told', msg => (msg.payload as { cry?: string }).cry === cry.id);
    assert.equal((counted.payload as { outcome: string }).outcome, 'counted');
    await untilStatus('status.answered');
    tell(cry, 'ended', 9);
    await until(
      () => entries.length === 2,
      () => JSON.stringify(entries),
    );
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['Owner', 'Mia'],
    );
    assert.match(entries[1].message, /^cried for /);
    await pushed(3);
    assert.deepEqual(flow.messages('errors').map(errorText), []);
    await until(async () => (await logbook(cry.onset)).some(({ name }) => name === 'Mia'), 'the logbook');
  });

  it('asks whose cry it is where nobody knows which of two babies cries, and has the answer counted', async () => {
    await run({}, home().token, 'leo');
    await untilStatus('status.waiting');
    const cry = cryAt(Date.now());
    tell(cry, 'started', 3);
    await pushed(1);
    const { message, data } = anna.notifications[0];
    assert.match(message, /^Mia or Leo /);
    assert.deepEqual(
      data!.actions!.map(({ title }) => title),
      ["I'm with the baby", 'Mia', 'Leo', 'Snooze 10 min'],
    );
    await anna.tapTitle('Leo');
    await pushed(2);
    await anna.tapTitle('Leo: hungry');
    const told = await flow.until('told', msg => (msg.payload as { reason?: string }).reason === 'hungry');
    const { outcome, baby, cry: id } = told.payload as { outcome: string; baby: string; cry: string };
    assert.deepEqual([outcome, baby, id], ['counted', 'Leo', cry.id]);
    assert.deepEqual(flow.messages('errors').map(errorText), []);
  });

  it('shows on the phone an answer that came another way', async () => {
    await run();
    await untilStatus('status.waiting');
    const cry = cryAt(Date.now());
    tell(cry, 'started', 3);
    await pushed(1);
    flow.send('reason', { payload: { answer: 'hungry', cry: cry.id } });
    await pushed(2);
    assert.match(anna.notifications[1].message, /, answered at \d\d:\d\d: hungry$/);
    assert.deepEqual(anna.notifications[1].data!.actions, []);
    assert.deepEqual(flow.messages('answers'), []);
  });

  it('shows in Home Assistant a source that needs somebody, until it is heard again', async () => {
    await run({ phones: '' });
    await untilStatus('status.noPhones');
    const notices = async (): Promise<{ message: string }[]> => {
      const all = await home().connection.sendMessagePromise<{ notification_id: string; message: string }[]>({
        type: 'persistent_notification/get',
      });
      return all.filter(({ notification_id: id }) => id === 'deepinfant cot');
    };
    const failed = { ...HEALTH, state: 'failed', error: 'The camera wants another password.' };
    flow.send('notify', { payload: failed });
    flow.send('notify', { payload: { ...HEALTH, state: 'starting' } });
    await until(async () => (await notices()).length === 1, 'the notification');
    assert.equal((await notices())[0].message, failed.error);
    await home().restart();
    await until(async () => (await notices()).length === 1, 'the notification again', 30_000);
    flow.send('notify', { payload: HEALTH });
    await until(async () => (await notices()).length === 0, 'none');
    flow.send('notify', { payload: failed });
    await until(async () => (await notices()).length === 1, 'the notification');
    await flow.remove('notify');
    await until(async () => (await notices()).length === 0, 'none');
  });

  it('logs a cry when Home Assistant is back, and nothing when it is not to', async () => {
    await run({ phones: '', log: false });
    await untilStatus('status.noPhones');
    tell(cryAt(Date.now()), 'ended', 9);
    await stopFlow();
    await run({ phones: '' });
    await untilStatus('status.noPhones');
    const cry = cryAt(Date.now());
    const back = home().restart({ offMs: 1000 });
    await flow.until('statuses', msg => statusText(msg).endsWith('unreachable'));
    tell(cry, 'ended', 9);
    await back;
    const cries = async (): Promise<number> =>
      (await logbook(cry.onset)).filter(({ name }) => name === 'Mia').length;
    await until(async () => (await cries()) > 0, 'the entry');
    assert.equal(await cries(), 1);
  });

  it('says which phone is missing', async () => {
    await run({ phones: `notify.mobile_app_nobody, ${anna.notify}` });
    await untilStatus('status.waiting');
    tell(cryAt(Date.now()), 'started', 3);
    await pushed(1);
    try {
      // It is reported once it has failed for ten seconds.
      jumpAhead(10_000);
      assert.match(errorText(await flow.until('errors')), /^Cannot reach notify\.mobile_app_nobody\. /);
    } finally {
      setClock();
    }
    await untilStatus('status.failing');
  });

  it('says that its token was revoked, without telling it', async () => {
    const { token, revoke } = await home().newToken('notify');
    await run({}, token);
    await untilStatus('status.waiting');
    await revoke();
    await flow.until('statuses', msg => statusText(msg).endsWith('wrongToken'));
    tell(cryAt(Date.now()), 'started', 3);
    assert(!JSON.stringify([statuses(), flow.messages('errors').map(errorText)]).includes(token));
  });

  it('refuses what is no cry', async () => {
    await run();
    flow.send('notify', { payload: 'nonsense' });
    assert.match(errorText(await flow.until('errors')), /holds no cry event/);
  });

  it('offers phones in its dialog', async () => {
    await run();
    await untilStatus('status.waiting');
    const { offers } = await askDialog<{ offers: { id: string; name: string }[] }>(
      'deepinfant-hass/notifiers',
      {
        id: 'hass',
      },
    );
    assert.deepEqual(offers, [{ id: anna.notify, name: 'Anna' }]);
  });
});
