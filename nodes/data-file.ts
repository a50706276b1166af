import path from 'node:path';
import type { NodeAPI } from 'node-red';

/** A file in which nodes of this package keep something: in a folder of their own of Node-RED's user directory. */
export function dataFile(RED: NodeAPI, name: string): string {
  return path.join(RED.settings.userDir ?? '.', 'deepinfant', name);
}
