import type { NodeAPI, NodeDef } from 'node-red';
import { answerDialogs } from './dialog.js';
import { settingsOf } from '../settings.js';
import { HASS_SETTINGS, type HassCredentials } from './settings.js';
import { type HassNode, SharedHass } from '../shared-hass.js';

export = (RED: NodeAPI): void => {
  answerDialogs(RED);
  RED.nodes.registerType<HassNode<HassCredentials>, NodeDef, object, HassCredentials>(
    'deepinfant-hass',
    function (config) {
      RED.nodes.createNode(this, config);
      const settings = settingsOf(this, HASS_SETTINGS, config);
      if (settings === undefined) return;
      this.shared = new SharedHass({ url: settings.url, token: this.credentials.token ?? '' }, error => {
        this.error(error);
      });
    },
    { credentials: { token: { type: 'password' } } },
  );
};
