import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { leadsTo } from '../docs/markdown-links.js';
import { skip } from '../tools.js';

describe('The repository', () => {
  let files: string[];

  before(function () {
    if (!existsSync(path.join(PACKAGE_ROOT, '.git'))) skip(this, 'not a git checkout');
    files = execFileSync('git', ['ls-files', '-z'], { cwd: PACKAGE_ROOT, encoding: 'utf8' })
      .split('\0')
      .slice(0, -1)
      .filter(file => existsSync(path.join(PACKAGE_ROOT, file)));
  });

  /** Files with a text, as `file: text`. */
  function mentions(pattern: RegExp): string[] {
    return files.flatMap(file => {
      const found = pattern.exec(readFileSync(path.join(PACKAGE_ROOT, file), 'latin1'));
      return found ? [`${file}: ${found[0]}`] : [];
    });
  }

  it('mentions no path of the machine on which it was made', () => {
    const paths = ['/(?:root|work)/[a-z.]', '/Users/[a-z]', '/opt/[a-z]'];
    assert.deepEqual(mentions(new RegExp(`(?<![\\w.@-])(?:${paths.join('|')})`)), []);
  });

  it("names no package registry, so that the user's own is asked", () => {
    assert.deepEqual(mentions(/registry\.[a-z]+\.(?:org|com)|"resolved"\s*:/), []);
  });

  it('links to files and headings that are there', () => {
    const dead = files
      .filter(file => file.endsWith('.md'))
      .flatMap(file => {
        const text = readFileSync(path.join(PACKAGE_ROOT, file), 'utf8').replace(/^```[^]*?^```/gm, '');
        const folder = path.join(PACKAGE_ROOT, path.dirname(file));
        return [...text.matchAll(/\]\((?!https?:)([^)\s]+)/g)]
          .map(([, link]) => (link.startsWith('#') ? path.basename(file) + link : link))
          .filter(link => !leadsTo(folder, link))
          .map(link => `${file}: ${link}`);
      });
    assert.deepEqual(dead, []);
  });
});
