import assert from 'node:assert/strict';
import { evidenceText } from '../../src/reason/evidence-text.js';
import { reasonLine, reasonTexts } from '../../src/reason/sentences.js';
import { durationText } from '../../src/texts/duration.js';
import { type Language, LANGUAGES, languageOf } from '../../src/texts/language.js';
import { REASONS, type CryEvent, type EvidenceFact } from '../../src/values.js';
import { cryAt } from './cries.js';

describe('durationText', () => {
  const table: [number, string][] = [
    [0, '0 s'],
    [12.4, '12 s'],
    [59.6, '1 min'],
    [65, '1 min 5 s'],
    [120, '2 min'],
    [599.6, '10 min'],
    [1234, '21 min'],
    [3599, '1 h'],
    [11_400, '3 h 10 min'],
  ];
  for (const [seconds, text] of table) {
    it(`says ${text}`, () => {
      assert.equal(durationText(seconds), text);
    });
  }
});

describe('evidenceText', () => {
  const text = (
    fact: EvidenceFact,
    factor: number,
    language: Language,
    reason: (typeof REASONS)[number] = 'hungry',
    baby?: string,
  ): string => evidenceText({ fact, factor, reason, ...(baby && { baby }) }, reasonTexts(language));
  const fed = { kind: 'feed', agoS: 11_400 } as const;

  it('says how much likelier or less likely a reason becomes', () => {
    assert.equal(text(fed, 2.38, 'en'), 'The last feed was 3 h 10 min ago: hunger is 2.4 times as likely');
    assert.equal(
      text(fed, 2.38, 'de'),
      'Die letzte Mahlzeit war vor 3 h 10 min: Hunger ist 2,4-mal so wahrscheinlich',
    );
    const awake = { kind: 'awake', forS: 1500 } as const;
    assert.equal(text(awake, 1 / 3, 'en', 'tired'), 'Awake for 25 min: tiredness is 3 times less likely');
    assert.equal(
      text(awake, 1 / 3, 'de', 'tired'),
      'Seit 25 min wach: Müdigkeit ist 3-mal weniger wahrscheinlich',
    );
  });

  it('says when it changes little', () => {
    for (const factor of [1.04, 0.97]) {
      assert.match(text(fed, factor, 'en', 'burping'), /: this says little about a burp$/);
      assert.match(text(fed, factor, 'de', 'burping'), /: das sagt wenig über ein Bäuerchen$/);
    }
  });

  it('claims no care that nobody told', () => {
    for (const fact of [
      { ...fed, isImplied: true },
      { kind: 'asleep', forS: 3600, isImplied: true },
    ] as const) {
      assert.match(text(fact, 2, 'en'), /^An answer suggests/);
      assert.match(text(fact, 2, 'de'), /^Eine Antwort lässt auf/);
    }
  });

  it('counts in the singular, too', () => {
    const counts = [1, 2].flatMap(count =>
      LANGUAGES.map(language => text({ kind: 'answers', count }, 2, language).split(':')[0]),
    );
    assert.deepEqual(counts, ['1 answered cry', '1 Antwort', '2 answered cries', '2 Antworten']);
    const ages = [1, 13, 15].map(days => text({ kind: 'age', days }, 2, 'de').split(':')[0]);
    assert.deepEqual(ages, ['1 Tag alt', '13 Tage alt', '2 Wochen alt']);
  });

  it('writes numbers in the way of the language', () => {
    assert.match(text({ kind: 'fever', celsius: 38.54 }, 2, 'de'), /^38,5 °C Fieber: /);
    assert.match(text({ kind: 'room', celsius: 25 }, 2, 'en'), /^25\.0 °C in the room: /);
  });

  it('names the baby where there are several', () => {
    assert.match(text(fed, 2, 'en', 'hungry', 'Mia'), /^Mia – The last feed/);
  });
});

describe('reasonLine', () => {
  const reason = {
    label: 'hungry' as const,
    confidence: 0.618,
    probabilities: {
      hungry: 0.618,
      tired: 0.1,
      discomfort: 0.1,
      'belly pain': 0.1,
      burping: 0.05,
      lonely: 0.032,
    },
    contributions: [],
    tip: '',
    uses: 'general' as const,
    learnedFrom: 0,
    accuracy: null,
    baselineAccuracy: null,
    calibrationError: null,
  };
  const mia = ['Mia'];

  it('says for how long the baby has been crying and why', () => {
    const cry = { ...cryAt(0), durationS: 12.3, reason };
    assert.equal(reasonLine(cry, mia), 'Mia has been crying for 12 s: probably hungry (62%)');
  });

  it('says maybe below one half, and so when it is not sure', () => {
    const cry = { ...cryAt(0), durationS: 12 };
    assert.equal(
      reasonLine({ ...cry, reason: { ...reason, label: 'burping', confidence: 0.4 } }, mia),
      'Mia has been crying for 12 s: maybe needs to burp (40%)',
    );
    assert.equal(
      reasonLine({ ...cry, reason: { ...reason, label: 'unsure' } }, mia),
      'Mia has been crying for 12 s: not sure why',
    );
  });

  it('says the same in German', () => {
    const cry = { ...cryAt(0), durationS: 12.3, reason };
    assert.equal(reasonLine(cry, mia, 'de'), 'Mia schreit seit 12 s: wahrscheinlich hungrig (62\u00a0%)');
    const over: CryEvent = {
      ...cry,
      state: 'ended',
      reason: { ...reason, label: 'burping', confidence: 0.4 },
    };
    assert.equal(
      reasonLine(over, ['Mia', 'Leo'], 'de'),
      'Mia oder Leo hat 12 s geschrien: vielleicht ein Bäuerchen (40\u00a0%)',
    );
    const unsure: CryEvent = { ...cry, reason: { ...reason, label: 'unsure' } };
    assert.equal(reasonLine(unsure, [], 'de'), 'Das Baby schreit seit 12 s: Grund unklar');
  });

  it('says when it is over, and makes do without a reason or a name', () => {
    assert.equal(
      reasonLine({ ...cryAt(0), state: 'ended', durationS: 75 }, [' ']),
      'The baby cried for 1 min 15 s',
    );
    const burst: CryEvent = { ...cryAt(0), state: 'ended', durationS: 0.3 };
    assert.equal(reasonLine(burst, mia), 'Mia cried for 1 s', 'never for 0 s');
  });
});

describe('the sentences of a language', () => {
  for (const language of LANGUAGES) {
    it(`have another tip for each reason and for none (${language})`, () => {
      const tips = [...REASONS, 'unsure' as const].map(label => reasonTexts(language).tip[label]);
      assert.equal(new Set(tips).size, REASONS.length + 1);
    });
  }

  it('are those of the locale, else English', () => {
    const locales = ['de', 'de-AT', 'de_DE.UTF-8', 'en-US', 'en_GB', 'fr', 'C', '', 'deepinfant'];
    assert.deepEqual(locales.map(languageOf), ['de', 'de', 'de', 'en', 'en', 'en', 'en', 'en', 'en']);
  });
});
