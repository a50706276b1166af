import path from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Keeping } from '../../src/journal/journal.js';
import { run } from '../adapter.js';
import { Baby } from '../../src/baby/baby.js';
import { babyFolder } from '../../src/baby/folder.js';
import { BABY_DEFAULTS, keepingOf } from '../deepinfant-baby/settings.js';
import { Keeper } from './keeper.js';
import { JOURNAL_DEFAULTS, type JournalSettings } from './settings.js';

/** In the baby's folder: what forgets the baby deletes it, too. */
const FOLDER = 'journal';

export = (RED: NodeAPI): void => {
  RED.nodes.registerType('deepinfant-journal', function (this: Node, config: NodeDef & JournalSettings) {
    RED.nodes.createNode(this, config);
    const { baby: id, summaryAt } = { ...JOURNAL_DEFAULTS, ...config };
    const babyNode = RED.nodes.getNode(id) as (Node & { baby: Baby; keeping: Keeping }) | null;
    const baby = babyNode?.baby ?? Baby.at(babyFolder(RED, this.id), { name: '' });
    const keeping = babyNode?.keeping ?? keepingOf(BABY_DEFAULTS, baby.folder);
    run(this, new Keeper(RED, this, { baby, keeping, folder: path.join(baby.folder, FOLDER), summaryAt }));
  });
};
