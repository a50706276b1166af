import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run, setUp } from '../adapter.js';
import type { MqttBrokerNode } from './mqtt-connection.js';
import { EntitiesNode } from './entities-node.js';
import { readSettings } from '../settings.js';
import { ENTITIES_SETTINGS } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-entities', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(this, () => {
      const { name, broker } = readSettings(ENTITIES_SETTINGS, config);
      const brokerNode = RED.nodes.getNode(broker) as MqttBrokerNode | null;
      run(this, new EntitiesNode(RED, this, brokerNode, name || RED._('deepinfant-entities.device')));
    });
  });
};
