import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { localizer } from '../../src/card/localize.js';
import { de } from '../../src/card/locales/de.js';
import { en } from '../../src/card/locales/en.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const SOURCE = path.join(PACKAGE_ROOT, 'src', 'card');

describe("The card's texts", () => {
  it('fall back from the language to English to the key', () => {
    assert.equal(localizer('de-CH')('answer.hungry'), 'Hungrig');
    assert.equal(localizer('de')('answer.hungry'), 'Hungrig');
    assert.equal(localizer('pt-BR')('answer.hungry'), 'Hungry');
    assert.equal(localizer('')('answer.hungry'), 'Hungry');
    assert.equal(localizer('de')('answer.cold'), 'answer.cold');
  });

  it('are filled in, and keep a value as it is', () => {
    assert.equal(localizer('en')('face.crying', { name: '{name} $& <b>' }), '{name} $& <b> is crying');
    assert.equal(localizer('en')('face.crying'), '{name} is crying');
  });

  it('are all there in German, with the same values', () => {
    const values = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
    assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort());
    for (const [key, text] of Object.entries(en))
      assert.deepEqual(values(de[key as keyof typeof en]!), values(text), key);
  });

  it('are all used, and none is missing', () => {
    const code = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts') && !file.startsWith('locales'))
      .map(file => readFileSync(path.join(SOURCE, file), 'utf8'))
      .join('\n');
    const groups = new Set(Object.keys(en).map(key => key.split('.')[0]));
    // A key may end in a value that is known at run time only.
    const used = [...code.matchAll(/['`]([a-z]+)\.([\w ]*)(\$\{)?/g)].filter(([, group]) =>
      groups.has(group),
    );
    const matches = (key: string, [, group, name, open]: string[]): boolean =>
      open ? key.startsWith(`${group}.${name}`) : key === `${group}.${name}`;
    for (const use of used)
      assert(
        Object.keys(en).some(key => matches(key, use)),
        `${use[0]} is no text`,
      );
    for (const key of Object.keys(en))
      assert(
        used.some(use => matches(key, use)),
        `${key} is not used`,
      );
  });
});
