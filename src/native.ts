import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from './package-root.js';

// The part of the global that is used here: Node's types leave it to the browser's.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: Record<string, unknown> };
};

/** WebAssembly.Memory, as far as it is used. */
export interface NativeMemory {
  /** Another one after each `grow`. */
  readonly buffer: ArrayBuffer;
  /** By pages of 64 KiB. */
  grow(pages: number): void;
}

/** A file of native/ as an instance of its own. */
export interface NativeModule {
  memory: NativeMemory;
  exports: Record<string, unknown>;
  /** Byte address of an exported variable. */
  address: (name: string) => number;
}

export function loadNative(file: string): NativeModule {
  const module = new WebAssembly.Module(readFileSync(path.join(PACKAGE_ROOT, 'native', file)));
  const { exports } = new WebAssembly.Instance(module);
  return {
    memory: exports.memory as NativeMemory,
    exports,
    address: name => (exports[name] as { value: number }).value,
  };
}
