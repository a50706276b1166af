import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run } from '../adapter.js';
import { sharedHassOf } from '../shared-hass.js';
import { LightNode } from './light-node.js';
import { LIGHT_DEFAULTS, type LightSettings } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-light', function (this: Node, config: NodeDef & LightSettings) {
    RED.nodes.createNode(this, config);
    const settings = { ...LIGHT_DEFAULTS, ...config };
    run(this, new LightNode(RED, this, sharedHassOf(RED, this, settings.hass), settings));
  });
};
