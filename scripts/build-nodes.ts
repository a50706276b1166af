/**
 * Puts what the compiler leaves behind of the nodes beside their compiled code: texts, icons, and the page that the editor
 * loads, with the node's editor code bundled into it. Node-RED would load a script of its own too late.
 */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { PACKAGE_ROOT } from '../src/package-root.js';

const NODES = path.join(PACKAGE_ROOT, 'nodes');
const BUILT = path.join(PACKAGE_ROOT, 'dist', 'nodes');

/** Where a page wants its editor code: `<script type="text/javascript" src="editor/index.ts"></script>`. */
const CODE = /(?<=<script type="text\/javascript") src="(editor\/[\w-]+\.ts)">(?=<\/script>)/g;

for (const type of readdirSync(NODES).filter(name => name.startsWith('deepinfant-'))) {
  for (const assets of readdirSync(path.join(NODES, type)).filter(name => /^(locales|icons)$/.test(name)))
    cpSync(path.join(NODES, type, assets), path.join(BUILT, type, assets), { recursive: true });
  const page = readFileSync(path.join(NODES, type, `${type}.html`), 'utf8');
  const bundled = page.replace(CODE, (_, source: string) => `>\n${bundle(type, source)}`);
  writeFileSync(path.join(BUILT, type, `${type}.html`), bundled);
}

/** A script whose exports are properties of one variable, named after the node's type: `deepinfantAudio`. */
function bundle(type: string, source: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [path.join(NODES, type, source)],
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: type.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    target: 'es2022',
    charset: 'utf8',
    write: false,
  });
  return outputFiles[0].text;
}
