import { isObject } from '../unknown-data.js';
import { sha256 } from './weights.js';

/** A manifest as it is written to manifest.json: with `sha256`, the SHA-256 of all its other fields. */
export function manifestText(manifest: object): string {
  const { fields } = splitSeal(manifest);
  return `${JSON.stringify({ ...(fields as object), sha256: sealOf(fields) }, null, 2)}\n`;
}

/** What was read from a manifest.json, apart from its `sha256`. */
export function splitSeal(read: unknown): { fields: unknown; seal?: unknown } {
  if (!isObject(read)) return { fields: read };
  const { sha256: seal, ...fields } = read;
  return { fields, seal };
}

/** SHA-256 of the fields in their order, which tells where in the weights a tensor is. */
export function sealOf(fields: unknown): string {
  return sha256(Buffer.from(JSON.stringify(fields)));
}
