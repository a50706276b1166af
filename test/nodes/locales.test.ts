import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { editorDefinition, LANGUAGES, nodeFile, NODE_TYPES, texts } from './editor.js';

/** What the runtime fills into a status text, at its longest; score and who only come once there are answers. */
const LONGEST: Record<string, string> = {
  time: '59:59',
  percent: '100',
  seconds: '60',
  level: '-120',
  steps: '99',
  score: '',
  who: '',
};

describe('locales', () => {
  for (const type of NODE_TYPES) {
    const english = texts(type, 'en-US');

    it(`${type} has every text in every language`, () => {
      for (const language of LANGUAGES) {
        assert.deepEqual([...texts(type, language).keys()].sort(), [...english.keys()].sort(), language);
      }
    });

    it(`${type} uses every text, and none that is missing`, () => {
      const folder = path.join(PACKAGE_ROOT, 'nodes', type);
      const code = [folder, path.join(folder, 'editor'), path.dirname(folder)]
        .flatMap(from => readdirSync(from).map(name => path.join(from, name)))
        .filter(name => /\.(ts|html)$/.test(name))
        .map(name => readFileSync(name, 'utf8'))
        .join('\n');
      // Keys end in a letter; one that goes on with a value at run time ends in a dot.
      const used = [...code.matchAll(new RegExp(`(?<![/\\w])${type}\\.[\\w.-]*`, 'g'))].map(([key]) => key);
      const keys = used.filter(key => !key.endsWith('.js') && !key.endsWith('.svg'));
      for (const key of keys) {
        assert(
          [...english.keys()].some(known => known === key || (key.endsWith('.') && known.startsWith(key))),
          `${key} is used but not in the locale`,
        );
      }
      for (const known of english.keys()) {
        assert(
          keys.some(key => known === key || (key.endsWith('.') && known.startsWith(key))),
          `${known} is not used`,
        );
      }
    });

    it(`${type} has its values where Node-RED fills them in`, () => {
      for (const language of LANGUAGES)
        assert.doesNotMatch([...texts(type, language).values()].join('\n'), /\{\{/);
    });

    it(`${type} has status texts that fit under a node`, () => {
      for (const language of LANGUAGES) {
        const translated = texts(type, language);
        const names = [...translated]
          .filter(([key]) => /\.(reason|trouble)\./.test(key))
          .map(([, text]) => text);
        const longestName = names.reduce((a, b) => (a.length > b.length ? a : b), '');
        for (const [key, text] of translated) {
          if (!key.startsWith(`${type}.status.`)) continue;
          const shown = text.replace(/__(\w+)__/g, (_, name: string) => LONGEST[name] ?? longestName);
          assert(shown.length < 20, `${language}: '${shown}'`);
        }
      }
    });

    it(`${type} has help of the same shape in every language`, () => {
      const shapes = LANGUAGES.map(language => {
        const help = readFileSync(nodeFile(type, 'locales', language, `${type}.html`), 'utf8');
        assert.match(help, new RegExp(`data-help-name="${type}"`));
        return [...help.matchAll(/<(\w+)/g)].map(([, tag]) => tag);
      });
      for (const shape of shapes) {
        assert.deepEqual(
          shape.filter(tag => tag !== 'code'),
          shapes[0].filter(tag => tag !== 'code'),
        );
      }
    });

    it(`${type} explains each field in its help`, () => {
      const fields = readFileSync(nodeFile(type, `${type}.html`), 'utf8').match(
        /<div class="form-row[^>]*>\s*<label[^]*?<\/label/g,
      )!;
      for (const language of LANGUAGES) {
        const help = readFileSync(nodeFile(type, 'locales', language, `${type}.html`), 'utf8');
        const explained = [...help.matchAll(/<(b|i|dt)>([^<]*)<\/\1/g)].map(([, , label]) =>
          label.replace(/\s+/g, ' '),
        );
        for (const [, key] of fields.join('\n').matchAll(/i18n="(deepinfant-[\w.-]+)"/g)) {
          const label = texts(type, language).get(key)!;
          // That of a box to check is a sentence of its own.
          if (label.split(' ').length > 3) continue;
          assert.ok(explained.includes(label), `${language}: '${label}'`);
        }
      }
    });

    it(`${type} has a label for each output, and its icon`, () => {
      const { category, icon, outputs = 0, outputLabels } = editorDefinition(type);
      for (let index = 0; index < outputs; index++) {
        const key = outputLabels!(index);
        assert(english.has(key), key);
      }
      if (category !== 'config') assert(existsSync(nodeFile(type, 'icons', icon!)));
    });
  }

  it("lets the palette's filter find the nodes by what they are about", () => {
    const labels = NODE_TYPES.flatMap(type => texts(type, 'en-US').get(`${type}.palette`) ?? []);
    assert.equal(labels.length, 7);
    const found = (word: string): string[] => labels.filter(label => label.includes(word));
    assert.deepEqual(found('audio'), ['baby audio']);
    assert.deepEqual(found('cry'), ['cry detector', 'cry light', 'cry notify', 'cry reason']);
    assert.deepEqual(found('baby'), ['baby audio', 'baby entities', 'baby journal']);
  });
});
