import path from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run } from '../adapter.js';
import { openBaby } from '../../src/baby/babies.js';
import { babyFolder, findBabyNode, KEEPING_SETTINGS, keepingOf } from '../baby-node.js';
import { defaultsOf, settingsOf } from '../settings.js';
import { JournalNode } from './journal-node.js';
import { JOURNAL_SETTINGS } from './settings.js';

/** In the baby's folder: what forgets the baby deletes it, too. */
const FOLDER = 'journal';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-journal', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const settings = settingsOf(this, JOURNAL_SETTINGS, config);
    if (settings === undefined) return;
    const { baby: id, summaryAt } = settings;
    const babyNode = findBabyNode(RED, id);
    const baby = babyNode?.baby ?? openBaby(babyFolder(RED, this.id), { name: '' });
    const keeping = babyNode?.keeping ?? keepingOf(defaultsOf(KEEPING_SETTINGS), baby.folder);
    run(
      this,
      new JournalNode(RED, this, { baby, keeping, folder: path.join(baby.folder, FOLDER), summaryAt }),
    );
  });
};
