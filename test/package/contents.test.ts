import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { MANIFEST, pack, type Pack } from './npm.js';

const ALLOWED = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|NOTICE)$/,
  /^dist\/(deepinfant-card\.js|page\/(index\.html|page\.(js|css)))$/,
  /^deepinfant\.schema\.json$/,
  /^dist\/src\/([a-z-]+\/)*[a-z0-9-]+\.(js|d\.ts)$/,
  /^dist\/nodes\/([a-z-]+\/)?[a-z-]+\.js$/,
  /^dist\/nodes\/(deepinfant-[a-z]+)\/(\1\.html|locales\/(en-US|de)\/\1\.(html|json)|icons\/\1\.svg)$/,
  /^examples\/\d+ - [^/]+\.json$/,
  /^blueprints\/[a-z_]+\.yaml$/,
  /^models\/[a-z0-9-]+\/(NOTICE|manifest\.json|weights\.bin|(training|fine-tune)\.json|MODEL_CARD\.md|[a-z-]+\.(png|svg))$/,
  /^native\/[a-z-]+\.wasm$/,
];

/** What HACS installs: that file of a release's assets, or of dist/. */
const HACS = JSON.parse(readFileSync(path.join(PACKAGE_ROOT, 'hacs.json'), 'utf8')) as { filename: string };

const LARGEST_BYTES = 4e6;

describe('The packed package', function () {
  this.timeout(60_000);
  let packed: Pack;
  let paths: string[];

  before(async () => {
    packed = await pack();
    paths = packed.files.map(file => file.path);
  });

  it('holds nothing that is not on the list', () => {
    assert.deepEqual(
      paths.filter(file => !ALLOWED.some(allowed => allowed.test(file))),
      [],
    );
  });

  it('holds compiled code of this source only, not of files that are gone', () => {
    const source = (file: string): string => file.replace(/^dist\//, '').replace(/(\.d\.ts|\.js)$/, '.ts');
    const gone = paths
      .filter(file => /^dist\/(src|nodes)\/.*(\.js|\.d\.ts)$/.test(file))
      .filter(file => !existsSync(path.join(PACKAGE_ROOT, source(file))));
    assert.deepEqual(gone, [], 'remove dist/ and build again');
  });

  it('holds everything that its manifest names, and its licence and texts', () => {
    const named = [MANIFEST.main, MANIFEST.types, ...Object.values(MANIFEST.bin)];
    const nodes = Object.values(MANIFEST['node-red'].nodes);
    for (const file of [
      ...named,
      ...nodes,
      `dist/${HACS.filename}`,
      'LICENSE',
      'NOTICE',
      'README.md',
      'CHANGELOG.md',
    ])
      assert.ok(paths.includes(file), `${file} is missing`);
    for (const node of nodes)
      assert.ok(paths.includes(node.replace(/\.js$/, '.html')), `the page of ${node}`);
  });

  it('is small', () => {
    const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);
    console.log(
      `      ${paths.length} files, ${megabytes(packed.size)} MB packed, ${megabytes(packed.unpackedSize)} MB unpacked`,
    );
    assert.ok(packed.size < LARGEST_BYTES);
  });
});
