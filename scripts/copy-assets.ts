/** Copies what the compiler leaves behind of the nodes (editor pages, locales, icons) beside their compiled code. */
import { cpSync, statSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../src/package-root.js';

const isAsset = (file: string): boolean => statSync(file).isDirectory() || path.extname(file) !== '.ts';

cpSync(path.join(PACKAGE_ROOT, 'nodes'), path.join(PACKAGE_ROOT, 'dist', 'nodes'), {
  recursive: true,
  filter: isAsset,
});
