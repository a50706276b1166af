import assert from 'node:assert/strict';
import { hassEndpoint } from '../../src/hass/address.js';

describe('hassEndpoint', () => {
  for (const [address, websocketUrl] of Object.entries({
    'http://homeassistant.local:8123': 'ws://homeassistant.local:8123/api/websocket',
    'https://home.example.org': 'wss://home.example.org/api/websocket',
    ' 192.168.1.5:8123 ': 'ws://192.168.1.5:8123/api/websocket',
    'http://192.168.1.5:8123/lovelace/0?edit=1': 'ws://192.168.1.5:8123/api/websocket',
    'ws://[fd00::5]:8123/': 'ws://[fd00::5]:8123/api/websocket',
    'http://user:secret@host:8123': 'ws://host:8123/api/websocket',
  }))
    it(`finds the websocket of ${address}`, () => {
      const httpUrl = websocketUrl.replace('ws', 'http').replace('/api/websocket', '');
      const endpoint = { websocketUrl, httpUrl, token: 'abc' };
      assert.deepEqual(hassEndpoint({ url: address, token: ' abc\n' }), endpoint);
    });

  it('finds the supervisor inside an add-on, unless there is an address', () => {
    const supervisor = {
      websocketUrl: 'ws://supervisor/core/websocket',
      httpUrl: 'http://supervisor/core',
      token: 'given',
    };
    assert.deepEqual(hassEndpoint({ url: '', token: '' }, 'given'), supervisor);
    assert.equal(hassEndpoint({ url: 'http://other:8123', token: 'own' }, 'given').token, 'own');
  });

  for (const [what, login, code] of [
    ['no address outside an add-on', { url: ' ', token: 'abc' }, 'bad-address'],
    ['what is no address', { url: 'http://', token: 'abc' }, 'bad-address'],
    ['another protocol', { url: 'mqtt://host', token: 'abc' }, 'bad-address'],
    ['no token', { url: 'http://host:8123', token: ' ' }, 'no-token'],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(() => hassEndpoint(login, undefined), { name: 'DeepInfantError', code });
    });
});
