import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run } from '../adapter.js';
import { findBabyNode } from '../baby-node.js';
import { sharedHassOf } from '../shared-hass.js';
import { NotifyNode } from './notify-node.js';
import { settingsOf } from '../settings.js';
import { NOTIFY_SETTINGS } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-notify', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const settings = settingsOf(this, NOTIFY_SETTINGS, config);
    if (settings === undefined) return;
    const shared = sharedHassOf(RED, this, settings.hass);
    run(this, new NotifyNode(RED, this, { shared, baby: findBabyNode(RED, settings.baby)?.baby, settings }));
  });
};
