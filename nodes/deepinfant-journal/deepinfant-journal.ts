import path from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { run, setUp } from '../adapter.js';
import { openBaby } from '../../src/baby/babies.js';
import { babyFolder, babyNodeOf, KEEPING_SETTINGS, keepingOf } from '../baby-node.js';
import { textsOfNode } from '../language.js';
import { defaultsOf, readSettings } from '../settings.js';
import { JournalNode } from './journal-node.js';
import { JOURNAL_SETTINGS } from './settings.js';

/** In the baby's folder: what forgets the baby deletes it, too. */
const FOLDER = 'journal';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-journal', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(this, () => {
      const { baby: id, summaryAt, language } = readSettings(JOURNAL_SETTINGS, config);
      const babyNode = babyNodeOf(RED, this, id);
      const baby = babyNode?.baby ?? openBaby(babyFolder(RED, this.id), { name: '' });
      const keeping = babyNode?.keeping ?? keepingOf(defaultsOf(KEEPING_SETTINGS), baby.folder);
      const texts = textsOfNode(RED, 'deepinfant-journal.language', language);
      const folder = path.join(baby.folder, FOLDER);
      run(this, new JournalNode(this, { baby, keeping, folder, summaryAt }, texts));
    });
  });
};
