import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Keeping } from '../../src/journal/journal.js';
import { BabyBuddy } from '../../src/reason/baby-buddy.js';
import { startAndStop } from '../adapter.js';
import { answerEditor } from '../editor-questions.js';
import { Baby } from './baby.js';
import { babyFolder } from './folder.js';
import { BABY_DEFAULTS, keepingOf, type BabyCredentials, type BabySettings } from './settings.js';

type BabyNode = Node<BabyCredentials> & { baby: Baby; keeping: Keeping };

export = (RED: NodeAPI): void => {
  const babyOf = (id: unknown): Baby | undefined => {
    const node = typeof id === 'string' ? (RED.nodes.getNode(id) as BabyNode | null) : null;
    return node?.baby;
  };
  answerEditor(RED, 'deepinfant-baby', {
    trouble: ({ id }) => {
      const { storage, damage, babyBuddy } = babyOf(id)?.trouble ?? {};
      return { trouble: [storage, damage, babyBuddy?.error].filter(text => text !== undefined) };
    },
    forget: async ({ id }) => {
      await babyOf(id)?.forget();
      return {};
    },
  });

  RED.nodes.registerType<BabyNode, NodeDef & BabySettings, object, BabyCredentials>(
    'deepinfant-baby',
    function (config) {
      RED.nodes.createNode(this, config);
      const settings = { ...BABY_DEFAULTS, ...config };
      const { name, birthDate, babyBuddy: url, child } = settings;
      this.keeping = keepingOf(settings);
      this.baby = Baby.at(babyFolder(RED, this.id), { name, birthDate: birthDate || undefined });
      if (url === '') return;
      const { token = '' } = this.credentials;
      startAndStop(this, new BabyBuddy({ url, token, child }, this.baby));
    },
    { credentials: { token: { type: 'password' } } },
  );
};
