import type { NodeAPI, NodeDef } from 'node-red';
import { setUp } from '../adapter.js';
import { answerDialogs } from './dialog.js';
import { readSettings } from '../settings.js';
import { HASS_SETTINGS, type HassCredentials } from './settings.js';
import { type HassNode, newSharedHass } from '../shared-hass.js';

export = (RED: NodeAPI): void => {
  answerDialogs(RED);
  RED.nodes.registerType<HassNode<HassCredentials>, NodeDef, object, HassCredentials>(
    'deepinfant-hass',
    function (config) {
      RED.nodes.createNode(this, config);
      setUp(this, () => {
        const { url } = readSettings(HASS_SETTINGS, config);
        this.shared = newSharedHass(RED, this, { url, token: this.credentials.token ?? '' });
      });
    },
    { credentials: { token: { type: 'password' } } },
  );
};
