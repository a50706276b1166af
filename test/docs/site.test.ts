import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { lookOfNodes } from '../../scripts/palette.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { leadsTo } from './markdown-links.js';

const SITE = path.join(PACKAGE_ROOT, 'dist', 'docs');
const REPOSITORY = 'https://github.com/deepinfant/node-red/blob/main/';

describe('The documentation site', function () {
  this.timeout(180_000);
  let pages: Map<string, string>;

  before(async () => {
    const vitepress = path.join(PACKAGE_ROOT, 'node_modules', 'vitepress', 'bin', 'vitepress.js');
    await promisify(execFile)(process.execPath, [vitepress, 'build', 'docs'], {
      cwd: PACKAGE_ROOT,
      env: { ...process.env, DOCS_BASE: '/' },
    });
    const names = readdirSync(SITE).filter(name => name.endsWith('.html') && name !== '404.html');
    pages = new Map(names.map(name => [name, readFileSync(path.join(SITE, name), 'utf8')]));
  });

  /** All values of an attribute in a page, without entities. */
  function valuesOf(attribute: 'href' | 'src' | 'id', html: string): string[] {
    return [...html.matchAll(new RegExp(`\\s${attribute}="([^"]*)"`, 'g'))].map(([, value]) =>
      decodeURIComponent(value.replaceAll('&amp;', '&')),
    );
  }

  it('has a page for every file of docs/, and each is in its menu', () => {
    const files = readdirSync(path.join(PACKAGE_ROOT, 'docs')).filter(name => name.endsWith('.md'));
    assert.deepEqual([...pages.keys()].sort(), files.map(name => name.replace(/\.md$/, '.html')).sort());
    const menu = new Set(valuesOf('href', pages.get('index.html')!));
    for (const name of pages.keys()) if (name !== 'index.html') assert.ok(menu.has(`/${name}`), name);
  });

  it('links to pages, headings, pictures and files that are there', () => {
    const dead: string[] = [];
    for (const [name, html] of pages)
      for (const link of [...valuesOf('href', html), ...valuesOf('src', html)])
        if (!leadsSomewhere(name, link)) dead.push(`${name}: ${link}`);
    assert.deepEqual(dead, []);
  });

  function leadsSomewhere(page: string, link: string): boolean {
    if (link.startsWith(REPOSITORY)) return leadsTo(PACKAGE_ROOT, link.slice(REPOSITORY.length));
    if (/^(https?|data|mailto|rtsps?):/.test(link)) return true;
    const [target, heading = ''] = link.split('#');
    const file = target === '' ? page : path.posix.join(path.posix.dirname(page), target.replace(/^\//, ''));
    const html = pages.get(file === '.' ? 'index.html' : file);
    if (html === undefined) return existsSync(path.join(SITE, file));
    return heading === '' || valuesOf('id', html).includes(heading);
  }

  it('fetches nothing from elsewhere', () => {
    for (const [name, html] of pages)
      for (const link of valuesOf('src', html)) assert.doesNotMatch(link, /^(https?:)?\/\//, name);
  });
});

describe('The pictures of the editor in docs/', () => {
  it('show the nodes and the demo as they are', () => {
    const taken = JSON.parse(
      readFileSync(path.join(PACKAGE_ROOT, 'docs', 'pictures.json'), 'utf8'),
    ) as object;
    assert.deepEqual(
      taken,
      { lookOfNodes: lookOfNodes() },
      'take them anew: node dist/scripts/screenshot.js',
    );
  });
});
