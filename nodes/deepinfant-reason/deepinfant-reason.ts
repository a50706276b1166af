import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run, setUp } from '../adapter.js';
import { BabiesOfRoom } from '../../src/baby/babies-of-room.js';
import { openBaby } from '../../src/baby/babies.js';
import { babyFolder, babyNodeOf } from '../baby-node.js';
import { textsOfNode } from '../language.js';
import { readSettings } from '../settings.js';
import { ReasonNode } from './reason-node.js';
import { REASON_SETTINGS } from './settings.js';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-reason', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(this, () => {
      const { baby, baby2, baby3, language } = readSettings(REASON_SETTINGS, config);
      const babies = [baby, baby2, baby3].flatMap(id => babyNodeOf(RED, this, id)?.baby ?? []);
      if (babies.length === 0) babies.push(openBaby(babyFolder(RED, this.id), { name: '' }));
      run(
        this,
        new ReasonNode(
          this,
          new BabiesOfRoom(babies),
          textsOfNode(RED, 'deepinfant-reason.language', language),
        ),
      );
    });
  });
};
