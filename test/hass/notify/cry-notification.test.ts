import assert from 'node:assert/strict';
import { cryText } from '../../../src/hass/notify/cry-notification.js';
import type { Language } from '../../../src/texts/language.js';
import { cryAt, HOUR_MS } from '../../reason/cries.js';
import { sayIn } from '../../../src/hass/notify/say.js';

describe('a notification', () => {
  it('claims no feed that nobody told: it says that an answer implies it', () => {
    const text = (language: Language, isImplied: boolean): string =>
      cryText(sayIn(language), { cry: cryAt(0) }, { agoMs: 2 * HOUR_MS, isImplied });
    assert.equal(text('en', false), 'has been crying for 3 s, last fed 2 h ago');
    assert.equal(text('en', true), 'has been crying for 3 s, fed 2 h ago (going by an answer)');
    assert.equal(text('de', false), 'schreit seit 3 s, zuletzt vor 2 h gefüttert');
    assert.equal(text('de', true), 'schreit seit 3 s, vor 2 h gefüttert (laut einer Antwort)');
  });
});
