import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../../src/package-root.js';

export interface PackageManifest {
  name: string;
  version: string;
  license?: string;
  keywords: string[];
  repository?: unknown;
  bugs?: unknown;
  engines: { node: string };
  main: string;
  types: string;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  'node-red': { version: string; nodes: Record<string, string> };
}

export const MANIFEST = JSON.parse(
  readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8'),
) as PackageManifest;

/** What `npm pack` says of a tarball. */
export interface Pack {
  filename: string;
  /** Bytes of the tarball, and of what it holds. */
  size: number;
  unpackedSize: number;
  files: { path: string; size: number }[];
}

/** Runs npm and gives its output. */
export async function npm(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', args, { cwd, maxBuffer: 1e8 });
  return stdout;
}

/** Where the tarball lies. */
export const PACK_FOLDER = path.join(PACKAGE_ROOT, '.cache', 'pack');

let packed: Promise<Pack> | undefined;

/** Packs the package, once for all tests. */
export function pack(): Promise<Pack> {
  return (packed ??= packNow());
}

async function packNow(): Promise<Pack> {
  rmSync(PACK_FOLDER, { recursive: true, force: true });
  mkdirSync(PACK_FOLDER, { recursive: true });
  const out = await npm(PACKAGE_ROOT, 'pack', '--json', '--pack-destination', PACK_FOLDER);
  return (JSON.parse(out) as [Pack])[0];
}
