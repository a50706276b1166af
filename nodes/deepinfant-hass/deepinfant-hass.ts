import type { Node, NodeAPI, NodeDef } from 'node-red';
import { answerDialogs } from './dialog.js';
import { HASS_DEFAULTS, type HassCredentials, type HassSettings } from './settings.js';
import { SharedHass } from '../shared-hass.js';

type HassNode = Node<HassCredentials> & { shared: SharedHass };

export = (RED: NodeAPI): void => {
  answerDialogs(RED);
  RED.nodes.registerType<HassNode, NodeDef & HassSettings, object, HassCredentials>(
    'deepinfant-hass',
    function (config) {
      RED.nodes.createNode(this, config);
      const { url } = { ...HASS_DEFAULTS, ...config };
      this.shared = new SharedHass({ url, token: this.credentials.token ?? '' }, error => {
        this.error(error);
      });
    },
    { credentials: { token: { type: 'password' } } },
  );
};
