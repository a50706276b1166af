import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run, setUp } from '../adapter.js';
import { EntitiesNode } from './entities-node.js';
import { readSettings } from '../settings.js';
import { ENTITIES_SETTINGS } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-entities', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(this, () => {
      run(this, new EntitiesNode(RED, this, readSettings(ENTITIES_SETTINGS, config)));
    });
  });
};
