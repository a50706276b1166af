import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run, setUp } from '../adapter.js';
import { sharedHassOf } from '../shared-hass.js';
import { LightNode } from './light-node.js';
import { readSettings } from '../settings.js';
import { LIGHT_SETTINGS } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-light', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(this, () => {
      const settings = readSettings(LIGHT_SETTINGS, config);
      run(this, new LightNode(RED, this, sharedHassOf(RED, this, settings.hass), settings));
    });
  });
};
