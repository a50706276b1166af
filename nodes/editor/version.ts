import { SETTINGS_VERSION } from '../settings-version.js';

/** A node in the editor. */
export interface Versioned {
  version?: number;
}

/** Marks a node that was edited as one with settings of this version. */
export function saveVersion(this: Versioned): void {
  this.version = SETTINGS_VERSION;
}
