import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run } from '../adapter.js';
import { Baby } from '../deepinfant-baby/baby.js';
import { babyFolder } from '../deepinfant-baby/folder.js';
import { Reasoner } from './reasoner.js';
import { REASON_DEFAULTS, type ReasonSettings } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-reason', function (this: Node, config: NodeDef & ReasonSettings) {
    RED.nodes.createNode(this, config);
    const settings = { ...REASON_DEFAULTS, ...config };
    const babyNode = RED.nodes.getNode(settings.baby) as (Node & { baby: Baby }) | null;
    run(this, new Reasoner(RED, this, babyNode?.baby ?? Baby.at(babyFolder(RED, this.id), { name: '' })));
  });
};
