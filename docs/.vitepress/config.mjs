import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const REPOSITORY = 'https://github.com/deepinfant/node-red';
const docs = fileURLToPath(new URL('..', import.meta.url));
const root = path.dirname(path.resolve(docs));

const MENU = [
  {
    text: 'Guide',
    items: [
      { text: 'Get started', link: '/get-started' },
      { text: 'Pair your camera', link: '/cameras' },
      { text: 'Microphones and recordings', link: '/microphones' },
      { text: 'Get notified', link: '/notifications' },
      { text: 'The night on your dashboard', link: '/card' },
      { text: 'The journal', link: '/journal' },
      { text: 'How it decides', link: '/reason' },
      { text: 'Privacy and security', link: '/security' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Messages', link: '/messages' },
      { text: 'Command line', link: '/command-line' },
      { text: 'Without Node-RED', link: '/serve' },
      { text: 'MQTT and satellites', link: '/mqtt' },
      { text: 'Home Assistant', link: '/home-assistant' },
      { text: 'Train your own', link: '/training' },
    ],
  },
  {
    text: 'Measured',
    items: [
      { text: 'What was measured', link: '/measured' },
      { text: 'Benchmarks', link: '/benchmarks' },
      { text: 'Reliability', link: '/reliability' },
      { text: 'From one room to 10,000', link: '/scale' },
      { text: 'Reasons from sound alone', link: '/protocol' },
    ],
  },
];

export default defineConfig({
  title: 'DeepInfant',
  description: 'Hears whether a baby cries and estimates why, at home and offline',
  // The site works under any path: on a server of one's own, or as a project's pages.
  base: process.env.DOCS_BASE ?? '/',
  outDir: path.join(root, 'dist', 'docs'),
  cacheDir: path.join(root, '.cache', 'vitepress'),
  // Nothing is fetched from elsewhere.
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Get started', link: '/get-started' },
      { text: 'Messages', link: '/messages' },
      { text: 'GitHub', link: REPOSITORY },
    ],
    sidebar: withAllPages(MENU),
  },
  markdown: {
    // GitHub's anchors, so that a link works in both places.
    anchor: { slugify: githubAnchor },
    config: markdown => {
      markdown.core.ruler.push('links-out-of-docs', state => {
        for (const { children } of state.tokens)
          for (const token of children ?? [])
            if (token.type === 'link_open')
              token.attrSet('href', linkFrom(state.env.path, token.attrGet('href')));
      });
    },
  },
});

/** A link to a file outside docs/ leads to the repository. */
function linkFrom(page, href) {
  if (/^([a-z]+:|#|\/)/.test(href)) return href;
  const file = path.resolve(path.dirname(page), href);
  const inside = path.relative(docs, file);
  return inside.startsWith('..') ? `${REPOSITORY}/blob/main/${path.relative(root, file)}` : href;
}

function githubAnchor(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** Pages that the menu does not name are at the end of its reference, under their titles. */
function withAllPages(menu) {
  const named = new Set(menu.flatMap(({ items }) => items.map(({ link }) => link)));
  const others = readdirSync(docs)
    .filter(name => name.endsWith('.md') && name !== 'index.md')
    .map(name => ({ link: `/${name.slice(0, -'.md'.length)}`, text: titleOf(name) }))
    .filter(({ link }) => !named.has(link));
  return menu.map(part =>
    part.text === 'Reference' ? { ...part, items: [...part.items, ...others] } : part,
  );
}

function titleOf(name) {
  return /^# (.*)$/m.exec(readFileSync(path.join(docs, name), 'utf8'))[1].replaceAll('`', '');
}
