import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { HassConnection, type HassState } from '../../src/hass/connection.js';
import { freePort } from '../free-port.js';
import { homeAssistantOfSuite } from '../home-assistant/home-assistant.js';
import { until } from '../until.js';

const TEST_EVENT = v.object({ event_type: v.string() });

describe('HassConnection', () => {
  const opened: HassConnection[] = [];
  afterEach(async () => {
    for (const hass of opened.splice(0)) await hass.stop();
  });

  /** Connects, and gives the states that were told. */
  function connect(url: string, token: string): { hass: HassConnection; states: HassState[] } {
    const hass = new HassConnection({ url, token });
    opened.push(hass);
    const states: HassState[] = [];
    hass.onHealth(({ state }) => states.push(state));
    hass.start();
    return { hass, states };
  }

  async function untilState(hass: HassConnection, state: HassState): Promise<void> {
    await until(
      () => hass.health.state === state,
      () => `${state}, now ${JSON.stringify(hass.health)}`,
    );
  }

  it('says where nobody answers, and that nothing can be called meanwhile', async () => {
    const { hass } = connect(`http://127.0.0.1:${await freePort()}`, 'abc');
    await untilState(hass, 'unreachable');
    assert.match(hass.health.error!, /^Home Assistant does not answer at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/);
    await assert.rejects(hass.call('light.turn_on', {}), {
      code: 'not-connected',
      message: hass.health.error,
    });
  });

  it('says what is not Home Assistant', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
    // As servers do that know no websockets.
    server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n'));
    await once(server, 'listening');
    try {
      const { hass } = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'abc');
      await untilState(hass, 'unreachable');
      assert.match(hass.health.error!, /is not Home Assistant .*404/);
    } finally {
      server.close();
    }
  });

  it('says that an address is not valid', async () => {
    const { hass, states } = connect('nonsense://', 'abc');
    await untilState(hass, 'bad-address');
    assert.deepEqual(states, ['connecting', 'bad-address']);
  });

  it('stops in the middle of anything, also twice', async () => {
    const { hass } = connect(`http://127.0.0.1:${await freePort()}`, 'abc');
    await hass.stop();
    await hass.stop();
    assert.equal(hass.health.state, 'stopped');
  });

  describe('with a real Home Assistant', function () {
    this.timeout(60_000);
    const home = homeAssistantOfSuite();

    it('calls actions, and gives the reason of a refusal', async () => {
      const { hass } = connect(home().url, home().token);
      await untilState(hass, 'connected');
      assert.match(await hass.call('persistent_notification.create', { message: 'Hello' }), /^\w{26}$/);
      await assert.rejects(hass.call('light.turn_upside_down', {}), {
        code: 'refused',
        message: /turn_upside_down/,
      });
    });

    it('names a wrong token', async () => {
      const { hass } = connect(home().url, 'not-a-token');
      await untilState(hass, 'wrong-token');
      assert.match(hass.health.error!, /does not accept the token\. Create a new one/);
      assert.ok(!hass.health.error!.includes('not-a-token'));
    });

    it('notices that its token was revoked', async () => {
      const { token, revoke } = await home().newToken('revoked');
      const { hass, states } = connect(home().url, token);
      await untilState(hass, 'connected');
      await revoke();
      await untilState(hass, 'wrong-token');
      assert.deepEqual(states, ['connecting', 'connected', 'connecting', 'wrong-token']);
    });

    it('comes back after a restart, and still hears what it subscribed to', async () => {
      const { hass, states } = connect(home().url, home().token);
      const heard: v.InferOutput<typeof TEST_EVENT>[] = [];
      const report = (error: unknown): void => {
        throw error;
      };
      const subscribe = { type: 'subscribe_events', event_type: 'deepinfant_test' };
      hass.subscribe(subscribe, TEST_EVENT, event => heard.push(event), report);
      const end = hass.subscribe(subscribe, TEST_EVENT, () => heard.push({ event_type: 'too late' }), report);
      await untilState(hass, 'connected');
      end();
      await home().restart({ offMs: 1000 });
      await untilState(hass, 'connected');
      assert.deepEqual([...new Set(states)], ['connecting', 'connected', 'unreachable']);
      await until(async () => {
        await home().ask('POST', '/api/events/deepinfant_test', {});
        return heard.length > 0;
      }, 'the event');
      assert.equal(heard[0].event_type, 'deepinfant_test');
    });

    it('reports a subscription that is refused', async () => {
      const { hass } = connect(home().url, home().token);
      const refused = new Promise(resolve => {
        hass.subscribe({ type: 'no_such_command' }, v.unknown(), () => undefined, resolve);
      });
      assert.match(String(await refused), /Home Assistant refused: /);
    });
  });
});
