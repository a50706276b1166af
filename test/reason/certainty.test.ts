import assert from 'node:assert/strict';
import { en } from '../../src/card/locales/en.js';
import { cryText as notificationText } from '../../src/hass/notify/cry-notification.js';
import type { CryEntry } from '../../src/journal/entries.js';
import { cryLines, cryText as journalText } from '../../src/journal/sentences.js';
import { certaintyOf } from '../../src/reason/certainty.js';
import { reasonLine } from '../../src/reason/sentences.js';
import type { ReasonEstimate } from '../../src/values.js';
import { sayIn } from '../../src/hass/notify/say.js';
import { cryAt, HUNGRY } from './cries.js';

describe('how sure a reason is, in words', () => {
  for (const [confidence, word, percent] of [
    [0.91, 'probably', '91%'],
    [0.496, 'probably', '50%'],
    [0.494, 'maybe', '49%'],
  ] as const) {
    it(`is '${word}' for ${percent} wherever it is said`, () => {
      const reason: ReasonEstimate = { ...HUNGRY, confidence };
      const cry = { ...cryAt(0), reason };
      const entry: CryEntry = { ...cry, kind: 'cry', course: [] };
      const said = `${word} hungry (${percent})`;
      assert(reasonLine(cry, ['Mia']).endsWith(said));
      assert(notificationText(sayIn('en'), { cry }).endsWith(said));
      assert(journalText(entry).toLowerCase().endsWith(`${said}.`));
      assert(cryLines([entry])[0].endsWith(said));
      // The card knows whole percents alone.
      assert(`reason.${certaintyOf(Math.round(100 * confidence) / 100)}` in en);
      assert.equal(certaintyOf(Math.round(100 * confidence) / 100), word);
    });
  }
});
