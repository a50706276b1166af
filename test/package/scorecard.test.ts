import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import semver from 'semver';
import ts from 'typescript';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { scriptsOf } from '../nodes/editor.js';
import { MANIFEST } from './npm.js';

function read(...parts: string[]): string {
  return readFileSync(path.join(PACKAGE_ROOT, ...parts), 'utf8');
}

function installedVersion(name: string): string {
  return (JSON.parse(read('node_modules', name, 'package.json')) as { version: string }).version;
}

/** What the scorecard reads of a definition (node-red-dev, checknodes.js): literals, and the names of properties. */
const READ = ['category', 'icon', 'color', 'inputs', 'outputs'];
const NAMES_READ = ['defaults', 'credentials'];

/**
 * The definitions in a node's page by their types, as the scorecard reads them: without running any code, so that a type or
 * a property that is computed counts for nothing there, and is refused here.
 */
function definitions(file: string): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.name.text === 'registerType'
    ) {
      const [type, definition] = node.arguments;
      assert.ok(ts.isStringLiteral(type) && ts.isObjectLiteralExpression(definition), node.getText());
      assert.ok(!found.has(type.text));
      found.set(type.text, literals(definition));
    }
    ts.forEachChild(node, visit);
  };
  for (const script of scriptsOf(read(file.replace(/\.js$/, '.html'))))
    visit(ts.createSourceFile('page.js', script, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS));
  return found;
}

function literals(definition: ts.ObjectLiteralExpression): Record<string, string> {
  const values: Record<string, string> = {};
  for (const property of definition.properties) {
    assert.ok(ts.isPropertyAssignment(property) && ts.isIdentifier(property.name), property.getText());
    const { name, initializer } = property;
    if (READ.includes(name.text)) {
      assert.ok(ts.isLiteralExpression(initializer), property.getText());
      values[name.text] = initializer.text;
    }
    if (NAMES_READ.includes(name.text)) assert.ok(ts.isObjectLiteralExpression(initializer));
  }
  return values;
}

/** The checks of the Node-RED library's scorecard (node-red-dev validate) that need no network, by its numbers. */
describe("Node-RED's scorecard", () => {
  const nodes = MANIFEST['node-red'].nodes;

  it('P01: has a licence', () => {
    assert.equal(MANIFEST.license, 'Apache-2.0');
    assert.match(read('LICENSE'), /Apache License\s+Version 2\.0/);
  });

  it('P03: names its repository or where to report bugs', () => {
    assert.ok(MANIFEST.repository ?? MANIFEST.bugs);
  });

  it('P04: has a scoped name', () => {
    assert.match(MANIFEST.name, /^@[a-z-]+\/[a-z-]+$/);
  });

  it("P05: has the keyword 'node-red'", () => {
    assert.ok(MANIFEST.keywords.includes('node-red'));
  });

  it('P06: works with current releases of Node-RED', () => {
    for (const version of [installedVersion('node-red'), '5.0.0'])
      assert.ok(semver.satisfies(version, MANIFEST['node-red'].version), version);
  });

  it('P07: works with the versions of Node that Node-RED supports', () => {
    for (const version of ['20.19.0', '22.9.0', '24.0.0'])
      assert.ok(semver.satisfies(version, MANIFEST.engines.node), version);
  });

  it('N01: registers each of its types once, in code and for the editor', () => {
    for (const [type, file] of Object.entries(nodes)) {
      const inCode = [...read(file).matchAll(/registerType\(\s*'([^']+)'/g)].map(match => match[1]);
      assert.deepEqual(inCode, [type]);
      assert.deepEqual([...definitions(file).keys()], [type]);
      assert.match(type, /^deepinfant-/, "a name that is not another package's");
    }
  });

  it('N02: shows every node in an example', () => {
    const used = new Set(
      readdirSync(path.join(PACKAGE_ROOT, 'examples'))
        .filter(name => name.endsWith('.json'))
        .flatMap(name => (JSON.parse(read('examples', name)) as { type: string }[]).map(({ type }) => type)),
    );
    const shown = Object.values(nodes)
      .flatMap(file => [...definitions(file)])
      .filter(([, { category }]) => category !== 'config')
      .map(([type]) => type);
    assert.equal(shown.length, 7);
    assert.deepEqual(
      shown.filter(type => !used.has(type)),
      [],
    );
  });

  it('D01: depends on no more than 6 packages', () => {
    assert.ok(Object.keys(MANIFEST.dependencies).length <= 6);
  });

  it('D02: brings no agent-base before 6', () => {
    const lock = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { version: string; dev?: boolean }>;
    };
    const old = Object.entries(lock.packages).filter(
      ([name, { version, dev }]) => name.endsWith('/agent-base') && !dev && semver.lt(version, '6.0.0'),
    );
    assert.deepEqual(old, []);
  });

  it('D03: takes newer versions of what it depends on', () => {
    for (const [name, range] of Object.entries(MANIFEST.dependencies)) {
      const next = semver.inc(installedVersion(name), 'patch')!;
      assert.ok(semver.satisfies(next, range), `${name} ${next} is not in ${range}`);
    }
  });
});
