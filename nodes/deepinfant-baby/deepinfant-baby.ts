import type { NodeAPI, NodeDef } from 'node-red';
import { BabyBuddy, type BabyBuddyTrouble } from '../../src/baby/baby-buddy.js';
import { setUp, startAndStop } from '../adapter.js';
import { errorOfCode } from '../../src/texts/trouble-text.js';
import { answerEditor } from '../editor-questions.js';
import { openBaby } from '../../src/baby/babies.js';
import { SoundFolder } from '../../src/journal/sound-folder.js';
import { babyFolder, findBabyNode, keepingOf, type BabyNode } from '../baby-node.js';
import { readSettings } from '../settings.js';
import type { BabyReplies } from './editor/replies.js';
import { BABY_SETTINGS, type BabyCredentials } from './settings.js';

/** What is wrong with Baby Buddy, by the code of its error. */
const CODE_OF_BABY_BUDDY: Record<BabyBuddyTrouble['state'], string> = {
  unreachable: 'unreachable',
  'wrong-token': 'wants-login',
  'no-such-child': 'no-such-child',
};

export = (RED: NodeAPI): void => {
  answerEditor<BabyReplies>(RED, 'deepinfant-baby', {
    trouble: ({ id }, { language }) => {
      const { storage, damage, babyBuddy, babyBuddyWarning } = findBabyNode(RED, id)?.baby.trouble ?? {};
      const say = (code: string, text: string | undefined): string[] =>
        text === undefined ? [] : [errorOfCode(language, code, text)];
      return {
        files: [...say('storage', storage), ...say('damage', damage)],
        babyBuddy: [
          ...say(CODE_OF_BABY_BUDDY[babyBuddy?.state ?? 'unreachable'], babyBuddy?.error),
          ...say('other-clock', babyBuddyWarning),
        ],
      };
    },
    forget: async ({ id }) => {
      const { baby, keeping } = findBabyNode(RED, id) ?? {};
      await baby?.forget();
      // A journal that is no longer in the flow may have left sound there; other files are not ours to delete.
      if (baby && keeping?.soundFolder) await new SoundFolder(baby.folder, keeping.soundFolder).clear();
      return {};
    },
  });

  RED.nodes.registerType<BabyNode<BabyCredentials>, NodeDef, object, BabyCredentials>(
    'deepinfant-baby',
    function (config) {
      RED.nodes.createNode(this, config);
      setUp(this, () => {
        const settings = readSettings(BABY_SETTINGS, config);
        const { name, birthDate, babyBuddy: url, child } = settings;
        this.baby = openBaby(babyFolder(RED, this.id), { name, birthDate: birthDate || undefined });
        this.keeping = keepingOf(settings, this.baby.folder);
        if (url === '') return;
        const { token = '' } = this.credentials;
        startAndStop(this, new BabyBuddy({ url, token, child }, this.baby));
      });
    },
    { credentials: { token: { type: 'password' } } },
  );
};
