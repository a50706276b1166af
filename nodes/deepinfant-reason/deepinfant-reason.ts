import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run } from '../adapter.js';
import { Baby } from '../../src/baby/baby.js';
import { babyFolder } from '../baby-folder.js';
import { Reasoner } from './reason-node.js';
import { Room } from '../../src/baby/babies-of-room.js';
import { settingsOf } from '../settings.js';
import { REASON_SETTINGS } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-reason', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const settings = settingsOf(this, REASON_SETTINGS, config);
    if (settings === undefined) return;
    const { baby, baby2, baby3 } = settings;
    const babies = [baby, baby2, baby3]
      .map(id => RED.nodes.getNode(id) as (Node & { baby?: Baby }) | null)
      .flatMap(node => node?.baby ?? []);
    if (babies.length === 0) babies.push(Baby.at(babyFolder(RED, this.id), { name: '' }));
    run(this, new Reasoner(RED, this, new Room(babies)));
  });
};
