import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run } from '../adapter.js';
import { Baby } from '../../src/baby/baby.js';
import { babyFolder } from '../../src/baby/folder.js';
import { Reasoner } from './reasoner.js';
import { Room } from '../../src/baby/room.js';
import { REASON_DEFAULTS, type ReasonSettings } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-reason', function (this: Node, config: NodeDef & ReasonSettings) {
    RED.nodes.createNode(this, config);
    const { baby, baby2, baby3 } = { ...REASON_DEFAULTS, ...config };
    const babies = [baby, baby2, baby3]
      .map(id => RED.nodes.getNode(id) as (Node & { baby?: Baby }) | null)
      .flatMap(node => node?.baby ?? []);
    if (babies.length === 0) babies.push(Baby.at(babyFolder(RED, this.id), { name: '' }));
    run(this, new Reasoner(RED, this, new Room(babies)));
  });
};
