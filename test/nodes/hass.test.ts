import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { freePort } from '../free-port.js';
import { FakeHomeAssistant } from '../hass/fake-home-assistant.js';
import { processZone } from '../../src/wall-clock.js';
import { askDialog, runFlow, stopFlow } from './flow.js';

interface Reply {
  sentence?: string;
  warnings?: string[];
  error?: string;
}

describe('the test of a connection to Home Assistant', () => {
  let home: FakeHomeAssistant;

  beforeEach(async () => {
    home = await FakeHomeAssistant.start();
    home.replies.get_config = { state: 'RUNNING', time_zone: processZone() };
    const nodes = [{ id: 'hass', type: 'deepinfant-hass', url: home.url }];
    await runFlow(nodes, { hass: { token: 'stored' } });
  });
  afterEach(async () => {
    await stopFlow();
    await home.stop();
  });

  const test = (question: object): Promise<Reply> => askDialog('deepinfant-hass/test', question);

  it('says that it works, before it is deployed', async () => {
    const reply = await test({ id: 'new', url: home.url, token: 'typed' });
    assert.deepEqual(reply, { sentence: 'deepinfant-hass.test.connected', warnings: [] });
  });

  it('warns of a user who is no administrator, and of another time zone', async () => {
    home.replies['auth/current_user'] = { is_admin: false };
    home.replies.get_config = { state: 'RUNNING', time_zone: 'Asia/Kathmandu' };
    const { warnings } = await test({ id: 'hass', url: home.url, token: '__PWRD__' });
    assert.deepEqual(warnings, ['deepinfant-hass.test.notAdmin', 'deepinfant-hass.test.otherZone']);
  });

  it('says what is wrong with the address or the token', async () => {
    const ask = async (url: string, token: string): Promise<string> =>
      (await test({ id: 'hass', url, token })).error!;
    assert.match(await ask(`http://127.0.0.1:${await freePort()}`, 'typed'), /does not answer at 127/);
    assert.match(await ask('http://', 'typed'), /address is not valid/);
    assert.match(await ask('', ''), /address is missing/);
    assert.match(await ask(home.url, ''), /token is missing/);
  });

  it('never sends a stored token to another server than the one it was stored for', async () => {
    let connections = 0;
    const thief = createServer(socket => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>(resolve => thief.listen(0, '127.0.0.1', resolve));
    const { port } = thief.address() as AddressInfo;
    try {
      for (const id of ['hass', 'unknown']) {
        const { error } = await test({ id, url: `http://127.0.0.1:${port}`, token: '__PWRD__' });
        assert.equal(error, 'deepinfant-hass.test.token');
      }
      assert.equal(connections, 0);
    } finally {
      thief.close();
    }
  });
});
