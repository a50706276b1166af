import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run } from '../adapter.js';
import { sharedHassOf } from '../shared-hass.js';
import { LightNode } from './light-node.js';
import { settingsOf } from '../settings.js';
import { LIGHT_SETTINGS } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-light', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const settings = settingsOf(this, LIGHT_SETTINGS, config);
    if (settings === undefined) return;
    run(this, new LightNode(RED, this, sharedHassOf(RED, this, settings.hass), settings));
  });
};
