import { rm } from 'node:fs/promises';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Keeping } from '../../src/journal/journal.js';
import { BabyBuddy } from '../../src/baby/baby-buddy.js';
import { startAndStop } from '../adapter.js';
import { answerEditor } from '../editor-questions.js';
import { Baby } from '../../src/baby/baby.js';
import { babyFolder } from '../baby-folder.js';
import { settingsOf } from '../settings.js';
import { BABY_SETTINGS, keepingOf, type BabyCredentials } from './settings.js';

type BabyNode = Node<BabyCredentials> & { baby: Baby; keeping: Keeping };

export = (RED: NodeAPI): void => {
  const nodeOf = (id: unknown): BabyNode | null =>
    typeof id === 'string' ? (RED.nodes.getNode(id) as BabyNode | null) : null;
  answerEditor(RED, 'deepinfant-baby', {
    trouble: ({ id }) => {
      const { storage, damage, babyBuddy } = nodeOf(id)?.baby.trouble ?? {};
      return { trouble: [storage, damage, babyBuddy?.error].filter(text => text !== undefined) };
    },
    forget: async ({ id }) => {
      const node = nodeOf(id);
      await node?.baby.forget();
      // A journal that is no longer in the flow may have left sound there.
      if (node?.keeping.soundFolder) await rm(node.keeping.soundFolder, { recursive: true, force: true });
      return {};
    },
  });

  RED.nodes.registerType<BabyNode, NodeDef, object, BabyCredentials>(
    'deepinfant-baby',
    function (config) {
      RED.nodes.createNode(this, config);
      const settings = settingsOf(this, BABY_SETTINGS, config);
      if (settings === undefined) return;
      const { name, birthDate, babyBuddy: url, child } = settings;
      this.baby = Baby.at(babyFolder(RED, this.id), { name, birthDate: birthDate || undefined });
      this.keeping = keepingOf(settings, this.baby.folder);
      if (url === '') return;
      const { token = '' } = this.credentials;
      startAndStop(this, new BabyBuddy({ url, token, child }, this.baby));
    },
    { credentials: { token: { type: 'password' } } },
  );
};
