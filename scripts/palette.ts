import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../src/package-root.js';

/** What decides how the nodes look in a picture of the editor: icons, colours and labels, and the demo flow. */
const LOOKS = ['icon', 'color'];

/** A hash of how the nodes and the demo look, which tells whether a picture of them is still true. */
export function lookOfNodes(): string {
  const hash = createHash('sha256');
  const read = (...parts: string[]): string => readFileSync(path.join(PACKAGE_ROOT, ...parts), 'utf8');
  const { 'node-red': nodeRed } = JSON.parse(read('package.json')) as {
    'node-red': { nodes: Record<string, string> };
  };
  for (const type of Object.keys(nodeRed.nodes).sort()) {
    const page = read('nodes', type, `${type}.html`);
    const looks = LOOKS.map(name => new RegExp(`^ +${name}: '(.*)',$`, 'm').exec(page)?.[1]);
    const texts = JSON.parse(read('nodes', type, 'locales', 'en-US', `${type}.json`)) as Record<
      string,
      { palette?: string; title?: string }
    >;
    const { palette, title } = texts[type];
    const [icon] = looks;
    hash.update(JSON.stringify([type, looks, palette, title]));
    if (icon !== undefined) hash.update(read('nodes', type, 'icons', icon));
  }
  hash.update(read('examples', '1 - Nursery demo.json'));
  return hash.digest('hex');
}
