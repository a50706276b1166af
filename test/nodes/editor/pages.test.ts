import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { editorDefinition, nodeFile, NODE_TYPES, scriptsOf } from '../editor.js';

describe('pages', () => {
  for (const type of NODE_TYPES) {
    it(`${type} holds a template and a definition, and no code of its own`, () => {
      const page = readFileSync(path.join(PACKAGE_ROOT, 'nodes', type, `${type}.html`), 'utf8');
      const [code, definition, ...others] = scriptsOf(page);
      assert.equal(code, '');
      assert.deepEqual(others, []);
      const visit = (node: ts.Node): void => {
        assert.ok(!ts.isFunctionLike(node), node.getText());
        ts.forEachChild(node, visit);
      };
      visit(ts.createSourceFile('page.js', definition, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS));
    });

    it(`${type} loads nothing but its own page`, () => {
      assert.doesNotMatch(readFileSync(nodeFile(type, `${type}.html`), 'utf8'), /<script[^>]* src=/);
    });

    it(`${type} refers to nothing that its editor code lacks`, () => {
      const visit = (value: unknown, name: string): void => {
        assert.notEqual(value, undefined, name);
        if (typeof value !== 'object' || value === null) return;
        for (const [key, inner] of Object.entries(value)) visit(inner, `${name}.${key}`);
      };
      visit(editorDefinition(type), type);
    });
  }
});
