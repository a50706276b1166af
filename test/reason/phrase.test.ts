import assert from 'node:assert/strict';
import { TIPS, durationText, factorText, reasonLine } from '../../src/reason/phrase.js';
import { REASONS, type CryEvent } from '../../src/values.js';
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

describe('factorText', () => {
  it('says how much likelier or less likely a reason becomes', () => {
    assert.equal(factorText('hungry', 2.38), 'makes hunger 2.4 times as likely');
    assert.equal(factorText('tired', 1 / 3), 'makes tiredness 3 times less likely');
    assert.equal(factorText('burping', 1.02), 'leaves a burp as likely as usual');
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
  const mia = { name: 'Mia' };

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

  it('says when it is over, and makes do without a reason or a name', () => {
    assert.equal(
      reasonLine({ ...cryAt(0), state: 'ended', durationS: 75 }, { name: ' ' }),
      'The baby cried for 1 min 15 s',
    );
    const burst: CryEvent = { ...cryAt(0), state: 'ended', durationS: 0.3 };
    assert.equal(reasonLine(burst, { name: 'Mia' }), 'Mia cried for 1 s', 'never for 0 s');
  });
});

describe('TIPS', () => {
  it('has another one for each reason and for none', () => {
    const tips = [...REASONS, 'unsure' as const].map(label => TIPS[label]);
    assert.equal(new Set(tips).size, REASONS.length + 1);
  });
});
