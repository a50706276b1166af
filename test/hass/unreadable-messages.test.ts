import assert from 'node:assert/strict';
import * as v from 'valibot';
import { HassConnection } from '../../src/hass/connection.js';
import { until } from '../until.js';
import { FakeHomeAssistant } from './fake-home-assistant.js';

const EVENT = v.object({ data: v.object({ number: v.number() }) });

describe('messages of Home Assistant that cannot be read', () => {
  let home: FakeHomeAssistant;
  let hass: HassConnection;
  const reported: string[] = [];
  const received: number[] = [];

  beforeEach(async () => {
    reported.length = received.length = 0;
    home = await FakeHomeAssistant.start();
    const report = (error: unknown): void => {
      reported.push(String(error));
    };
    hass = new HassConnection({ url: home.url, token: 'abc' }, report);
    hass.start();
    const message = { type: 'subscribe_events', event_type: 'test' };
    hass.subscribe(message, EVENT, ({ data }) => received.push(data.number), report);
    await until(() => home.isSubscribed('test'), 'subscribed');
  });
  afterEach(async () => {
    await hass.stop();
    await home.stop();
  });

  /** Comes back when the connection has received a good event after all others. */
  async function untilReceived(number: number): Promise<void> {
    home.sendEvent('test', { data: { number } });
    await until(() => received.at(-1) === number, 'the good event');
    assert.equal(hass.health.state, 'connected');
  }

  for (const text of ['not JSON', '', 'null', '[null]'])
    it(`outlives '${text}', and reports it`, async () => {
      home.send(text);
      await untilReceived(1);
      assert.match(
        reported.join(),
        /^DeepInfantError: Home Assistant at [\d.:]+ sent a message that cannot be read/,
      );
    });

  for (const event of [null, undefined, 7, { data: null }, { data: { number: '7' } }])
    it(`outlives an event that is ${JSON.stringify(event)}, and reports it`, async () => {
      home.sendEvent('test', event);
      await untilReceived(2);
      assert.equal(reported.length, 1);
      assert.match(reported[0], /Home Assistant's event of 'subscribe_events'.* expected /);
    });

  it('outlives an event for a command that did not subscribe', async () => {
    const asking = hass.ask({ type: 'never answered' }, v.unknown()).catch(() => undefined);
    for (let id = 1; id < 10; id++) home.send(JSON.stringify({ id, type: 'event', event: {} }));
    await untilReceived(3);
    await asking;
  });

  it('reports the same trouble once until it is mended', async () => {
    for (let i = 0; i < 3; i++) home.sendEvent('test', null);
    for (let i = 0; i < 3; i++) home.send('null');
    await untilReceived(4);
    assert.equal(reported.length, 2);
    home.sendEvent('test', null);
    await untilReceived(5);
    assert.equal(reported.length, 3);
  });

  it('refuses a reply of another shape', async () => {
    await assert.rejects(hass.ask({ type: 'get_config' }, v.object({ version: v.string() })), {
      code: 'invalid',
      message: "Home Assistant's reply to 'get_config': version is missing; expected a value.",
    });
    assert(await hass.isComplete());
  });
});
