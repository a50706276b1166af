import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MAKERS } from '../../src/audio/cameras/makers.js';
import { DeepInfantError } from '../../src/errors.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { errorOfCode, errorTextIn, healthIn, makerSetUpIn } from '../../src/texts/trouble-text.js';
import { SOURCE_TROUBLES, type SourceHealth } from '../../src/values.js';

/** Whose errors dialogs show. */
const ASKED_BY_DIALOGS = [
  'src/audio/cameras/find.ts',
  'src/audio/cameras/frigate.ts',
  'src/audio/cameras/go2rtc.ts',
  'src/audio/cameras/makers.ts',
  'src/audio/live/camera-address.ts',
  'src/baby/baby-buddy.ts',
  'src/get-json.ts',
  'src/hass/address.ts',
  'src/hass/connection.ts',
  'src/hass/socket.ts',
  'src/host.ts',
  'nodes/shared-hass.ts',
];

const HEALTH = { source: 'cot', state: 'failed', error: 'The camera at 10.0.0.5 …' } as SourceHealth;

describe('what went wrong', () => {
  it('is said in German for each kind of trouble, and in English as it came', () => {
    for (const trouble of SOURCE_TROUBLES) {
      const health = { ...HEALTH, trouble };
      assert.equal(healthIn('en', health), health);
      const { error, ...rest } = healthIn('de', health);
      assert.match(error!, /^[A-ZÄÖÜ].*[.?]$/);
      assert.deepEqual({ ...rest, error: HEALTH.error }, health);
    }
    const ofHass = healthIn('de', { ...HEALTH, trouble: 'wrong-password', code: 'no-token' });
    assert.match(ofHass.error!, /^Das Zugriffstoken fehlt/);
    // A message may bring any word.
    for (const code of ['constructor', '__proto__', 'toString'])
      assert.match(healthIn('de', { ...HEALTH, trouble: 'wrong-password', code }).error!, /^[A-ZÄÖÜ].*[.?]$/);
    const { error, ...heard } = HEALTH;
    assert.deepEqual(healthIn('de', heard), heard);
    assert.equal(healthIn('de', HEALTH).error, error);
  });

  it('is said in German for each error of a dialog, and in English where there is no text', () => {
    const codes = ASKED_BY_DIALOGS.flatMap(file => {
      const code = readFileSync(path.join(PACKAGE_ROOT, file), 'utf8');
      return [...code.matchAll(/(?:DeepInfantError|\bfail)\(\s*'([\w-]+)'/g)].map(([, name]) => name);
    });
    assert.ok(codes.length > 20, codes.join());
    const problems = ['slow', 'wrong-login', 'needs-login', 'no-stream', 'storage', 'damage', 'other-clock'];
    const ofSources = [
      'no-hass-audio',
      'no-hass-stream',
      'satellite-gone',
      'no-such-satellite',
      'own-device',
    ];
    const ofService = ['connecting', 'broker-unreachable', 'mqtt-id'];
    for (const code of [...codes, ...problems, ...ofSources, ...ofService]) {
      assert.equal(errorOfCode('en', code, 'Nothing.'), 'Nothing.');
      assert.match(errorOfCode('de', code, 'Nothing.'), /^(?!Nothing).+[.?]$/, code);
    }
    assert.equal(errorTextIn('de', new DeepInfantError('unheard-of', 'Nothing.')), 'Nothing.');
    assert.equal(errorTextIn('de', new TypeError('x is not a function')), 'x is not a function');
  });

  it('says in German what to switch on at the cameras of each maker', () => {
    for (const { id, setUp } of MAKERS) {
      assert.equal(makerSetUpIn('en', id, setUp), setUp);
      assert.match(makerSetUpIn('de', id, setUp), /^[A-ZÄÖÜ].*[.]$/, id);
    }
  });
});
