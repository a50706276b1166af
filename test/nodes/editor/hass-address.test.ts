import assert from 'node:assert/strict';
import { isHassAddress } from '../../../nodes/deepinfant-hass/editor/hass-address.js';
import { hassEndpoint } from '../../../src/hass/address.js';

describe('the address of Home Assistant in the dialog', () => {
  it('is one that the runtime takes, or none', () => {
    for (const address of [
      'http://homeassistant.local:8123',
      ' https://[fe80::1]:8123/lovelace/0 ',
      'homeassistant.local',
      'ws://10.0.0.2:8123',
    ]) {
      assert.ok(isHassAddress(address), address);
      assert.ok(hassEndpoint({ url: address, token: 'token' }).websocketUrl);
    }
    assert.ok(isHassAddress(' '));
  });

  it('is no other text, and holds no password', () => {
    for (const address of ['ftp://10.0.0.2', 'home assistant', 'http://me:secret@10.0.0.2', 'http://'])
      assert.ok(!isHassAddress(address), address);
  });
});
