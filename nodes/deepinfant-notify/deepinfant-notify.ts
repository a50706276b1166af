import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run, setUp } from '../adapter.js';
import { babyNodeOf } from '../baby-node.js';
import { sharedHassOf } from '../shared-hass.js';
import { NotifyNode } from './notify-node.js';
import { readSettings } from '../settings.js';
import { NOTIFY_SETTINGS } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-notify', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(this, () => {
      const settings = readSettings(NOTIFY_SETTINGS, config);
      const shared = sharedHassOf(RED, this, settings.hass);
      const baby = babyNodeOf(RED, this, settings.baby)?.baby;
      run(this, new NotifyNode(RED, this, { shared, baby, settings }));
    });
  });
};
