import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run } from '../adapter.js';
import type { MqttBrokerNode } from './mqtt-connection.js';
import { EntitiesNode } from './entities-node.js';
import { ENTITIES_DEFAULTS, type EntitiesSettings } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-entities', function (this: Node, config: NodeDef & EntitiesSettings) {
    RED.nodes.createNode(this, config);
    const { name, broker } = { ...ENTITIES_DEFAULTS, ...config };
    const brokerNode = RED.nodes.getNode(broker) as MqttBrokerNode | null;
    run(this, new EntitiesNode(RED, this, brokerNode, name.trim() || RED._('deepinfant-entities.device')));
  });
};
