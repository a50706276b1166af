import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { encodePart } from '../src/encode-part.js';

/** The folder in which nodes of this package keep something: one of their own in Node-RED's user directory. */
export function dataFolder(RED: NodeAPI): string {
  return path.join(RED.settings.userDir ?? '.', 'deepinfant');
}

/**
 * A file in that folder.
 * @param nodeId of the node that it belongs to; a flow that was written by hand may have any text as an id
 */
export function dataFile(RED: NodeAPI, name: string, nodeId?: string): string {
  const file = nodeId === undefined ? name : `${name}-${encodePart(nodeId)}`;
  return path.join(dataFolder(RED), `${file}.json`);
}
