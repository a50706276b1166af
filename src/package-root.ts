import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Folder that holds models/, native/ and examples/, in a checkout and when installed (this file runs from dist/src). */
export const PACKAGE_ROOT = path.resolve(__dirname, '..', '..');

/** The version of this package. */
export function packageVersion(): string {
  const manifest = readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
